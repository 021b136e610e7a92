"""Tidy tables of judgments, small ones and two real benchmarks."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchbuilder.errors import InputError
from benchbuilder.sources.imports import Imported, import_benchmark
from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.win_rate import win_rates

ROW = {"prompt_id": "q", "model": "m", "baseline": "base"}


def _read(tmp_path: Path, *rows: dict[str, Any], baseline: str | None = None) -> Imported:
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return import_benchmark("tidy", [path], baseline=baseline)


@pytest.mark.parametrize(
    ("row", "game", "verdict"),
    [
        ({"order": "A", "verdict": "A>B"}, 2, "A>B"),
        ({"order": "B", "verdict": "A>B"}, 1, "A>B"),
        ({"game": 2, "verdict": "B>>A"}, 2, "B>>A"),
        ({"order": "A", "verdict": "model"}, 2, "A>B"),
        ({"order": "B", "verdict": "model"}, 1, "B>A"),
        ({"verdict": "tie"}, 1, "A=B"),
        ({"order": "A", "preference": 0.2}, 2, "B>A"),
        ({"order": "A", "preference": 1.0}, 2, "A>B"),
        ({"order": "A", "verdict": "A>>A"}, 2, None),
        ({"order": "A", "verdict": None, "text": "So [[B>A]]"}, 2, "B>A"),
    ],
)
def test_outcomes(tmp_path: Path, row: dict[str, Any], game: int, verdict: str | None) -> None:
    judgments = _read(tmp_path, ROW | row).judgments
    assert judgments is not None
    (found,) = judgments.to_pylist()
    assert (found["game"], found["verdict"]) == (game, verdict)
    assert (found["status"] == "ok") == (verdict is not None)


def test_one_preference_above_one_makes_it_alpaca_evals_scale(tmp_path: Path) -> None:
    rows = [ROW | {"prompt_id": f"q{n}", "preference": p} for n, p in enumerate((1.0, 2.0, 0.0))]
    judgments = _read(tmp_path, *rows).judgments
    assert judgments is not None
    assert judgments["preference"].to_pylist() == [0.0, 1.0, 0.5]


def test_a_missing_game_becomes_a_row_where_pairs_are_the_rule(tmp_path: Path) -> None:
    rows = [
        ROW | {"prompt_id": f"q{n}", "order": order, "verdict": "A=B"}
        for n in range(3)
        for order in "AB"
    ]
    found = _read(tmp_path, *rows[:-1])
    assert found.judgments is not None
    assert Counter(found.judgments["status"].to_pylist()) == {"ok": 5, "not_recorded": 1}
    assert found.notes == ("1 game not in the file: m on q2, game 1",)
    alone = _read(tmp_path, *rows[::2])
    assert alone.judgments is not None and alone.judgments.num_rows == 3 and alone.notes == ()


def test_a_repeated_game_counts_as_it_stands_last(tmp_path: Path) -> None:
    one, two = ROW | {"order": "A", "verdict": "A>B"}, ROW | {"order": "A", "verdict": "B>A"}
    found = _read(tmp_path, one, two)
    assert found.judgments is not None
    assert found.judgments["verdict"].to_pylist() == ["B>A"]
    assert found.notes == ("1 game there before; the last one counts",)


def test_style_of_both_sides_becomes_answers(tmp_path: Path) -> None:
    found = _read(
        tmp_path, ROW | {"order": "A", "verdict": "A>B", "model_tokens": 9, "baseline_tokens": 5}
    )
    assert found.answers is not None
    columns = ["question_id", "model", "text", "tokens", "bold"]
    assert found.answers.select(columns).to_pylist() == [
        {"question_id": "q", "model": "m", "text": None, "tokens": 9, "bold": None},
        {"question_id": "q", "model": "base", "text": None, "tokens": 5, "bold": None},
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROW | {"order": "left", "verdict": "A>B"}, "order is the model's side"),
        (ROW | {"verdict": "A>B"}, "needs order"),
        (ROW | {"order": "A"}, "expected verdict or preference"),
        (ROW | {"order": "A", "preference": -1}, "outside of its scale"),
        ({"prompt_id": "q", "model": "m", "verdict": "tie"}, "expected model and baseline"),
    ],
)
def test_what_is_not_tidy(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        _read(tmp_path, row)


def test_the_baseline_may_be_given(tmp_path: Path) -> None:
    row = {"prompt_id": "q", "model": "m", "verdict": "tie"}
    judgments = _read(tmp_path, row, baseline="base").judgments
    assert judgments is not None and judgments["baseline"].to_pylist() == ["base"]


def test_ko_arena_hard_gives_the_published_win_rates(shared: Path) -> None:
    found = import_benchmark("tidy", [shared / "data/judgments/ko_arena_hard_ensemble.parquet"])
    assert found.judgments is not None
    assert len(found.notes) == 1
    assert found.notes[0].startswith("1 game not in the file: o4-mini-high on")
    expected = json.loads((shared / "reference/ko_expected.json").read_text(encoding="utf-8"))
    rates = win_rates(build_battles(found.judgments))
    for model, rate in zip(rates.models, rates.win_rate, strict=True):
        assert rate == pytest.approx(expected["win_rate"][model], abs=1e-9), model
        # One game is missing; the publisher kept the other one of its pair.
        tolerance = 0.06 if model == "o4-mini-high" else 0.0051
        assert 100 * rate == pytest.approx(expected["published_score_pct"][model], abs=tolerance)


def test_alpaca_eval_gives_the_published_win_rates(shared: Path, tmp_path: Path) -> None:
    """Preferences give the win rate, verdicts the discrete one, both as published."""
    name = "weighted_alpaca_eval_gpt4_turbo"
    table = pq.read_table(shared / "data/judgments/alpaca_eval_pairwise.parquet")
    published = _leaderboard(shared / "data/published/alpaca_eval_leaderboards.csv", name)
    path = tmp_path / "judgments.parquet"
    pq.write_table(table.filter(pc.equal(table["judge"], name)), path)
    judgments = import_benchmark("tidy", [path]).judgments
    assert judgments is not None
    shares: dict[str, list[float]] = defaultdict(list)
    for row in judgments.select(["model", "preference"]).to_pylist():
        if row["preference"] is not None:
            shares[row["model"]].append(row["preference"])
    verdicts = build_battles(judgments, weighting="strong1", preferences=False)
    rates = win_rates(verdicts)
    discrete = dict(zip(rates.models, rates.win_rate, strict=True))
    compared = [model for model in sorted(shares) if model in published]
    assert len(compared) >= 57
    for model in compared:
        mean = 100 * sum(shares[model]) / len(shares[model])
        assert mean == pytest.approx(published[model]["win_rate"], abs=1e-6), model
        if model in discrete:
            known = published[model]["discrete_win_rate"]
            assert 100 * discrete[model] == pytest.approx(known, abs=1e-6), model


def _leaderboard(path: Path, judge: str) -> dict[str, dict[str, float]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["model"]: {name: float(row[name]) for name in ("win_rate", "discrete_win_rate")}
            for row in csv.DictReader(file)
            if judge in row["leaderboard"] and row["discrete_win_rate"]
        }
