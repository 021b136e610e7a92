"""The error of a change pairs the questions that both releases ask."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from benchbuilder.release.leaderboards import leaderboard_changes
from benchbuilder.schemas import JUDGMENTS

VERDICTS = ("B>A", "A=B", "A>B")  # from the model's side A


def games(outcomes: dict[str, int], model: str = "m") -> pa.Table:
    """One game a question: level 0 is a loss, 1 a tie, 2 a win of the model."""
    rows = [
        {
            "question_id": q, "model": model, "answer_sample": 0, "baseline": "base", "judge": "j",
            "judge_sample": 0, "game": 2, "answer_a": model, "answer_b": "base",
            "verdict": VERDICTS[level], "status": "ok",
        }
        for q, level in outcomes.items()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=JUDGMENTS.schema)


def levels(count: int, seed: int, start: int = 0) -> dict[str, int]:
    drawn = np.random.default_rng(seed).integers(0, 3, count)
    return {f"q{start + i:04}": int(level) for i, level in enumerate(drawn)}


def change(a: dict[str, int], b: dict[str, int]) -> dict[str, float]:
    (board,) = leaderboard_changes(games(a), games(b), list(a), list(b))
    row: dict[str, float] = board["models"][0]
    return row


def test_the_same_judgments_change_nothing_for_certain() -> None:
    a = levels(50, 1)
    row = change(a, a)
    assert (row["change"], row["lower"], row["upper"]) == (0, 0, 0)


def test_without_a_shared_question_the_errors_add_up() -> None:
    a, b = levels(400, 1), levels(400, 2, start=1000)
    row = change(a, b)
    spread = [np.std([level / 2 for level in side.values()], ddof=1) for side in (a, b)]
    error = np.sqrt((spread[0] ** 2 + spread[1] ** 2) / 400)
    assert row["upper"] - row["change"] == pytest.approx(1.959964 * error, rel=0.01)
    assert row["kept_a"] is None


def test_kept_questions_make_the_interval_narrow() -> None:
    a = levels(400, 1)
    kept = dict(list(a.items())[40:])
    b = {**kept, **levels(40, 2, start=1000)}
    row, apart = change(a, b), change(a, levels(400, 3, start=2000))
    assert row["kept_a"] == row["kept_b"]
    assert (row["upper"] - row["lower"]) < 0.5 * (apart["upper"] - apart["lower"])


def test_the_interval_covers_the_change_of_resampled_questions() -> None:
    """Of 200 pairs of releases drawn from one pool of questions, about 95 % cover no change."""
    random = np.random.default_rng(5)
    pool = levels(2000, 7)
    names = list(pool)
    covered = 0
    for _ in range(200):
        drawn = random.permutation(names)[:130]
        a, b = drawn[:100], drawn[30:]
        row = change({q: pool[q] for q in a}, {q: pool[q] for q in b})
        covered += row["lower"] <= 0 <= row["upper"]
    assert 0.91 <= covered / 200 <= 0.99
