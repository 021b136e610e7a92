"""A leaderboard with models whose judging was stopped early."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.observe import Silent
from benchbuilder.schemas import JUDGMENTS
from benchbuilder.settings import ReportSettings
from benchbuilder.stages.report import report
from tests.stats.cases import random_judgments

CUT = 10
LOST = ("m0", "m1")


def judged(*, stop: bool) -> pa.Table:
    """Six models on 40 questions; two of them were played on ten only."""
    rows = random_judgments(6, 40, seed=4).to_pylist()
    for row in rows:
        row |= {name: None for name in JUDGMENTS.schema.names if name not in row}
        if stop and row["model"] in LOST and row["question_id"] >= f"p{CUT:03d}":
            row |= {"verdict": None, "status": "stopped"}
    return pa.Table.from_pylist(rows, schema=JUDGMENTS.schema)


def board(judgments: pa.Table) -> dict[str, Any]:
    observe = Silent()
    report(judgments, settings=ReportSettings(rounds=200), observe=observe)
    document: dict[str, Any] = observe.figures["boards"][0]
    return document


@pytest.fixture(scope="module")
def boards() -> tuple[dict[str, Any], dict[str, Any]]:
    return board(judged(stop=True)), board(judged(stop=False))


def rows_of(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["model"]: row for row in document["leaderboard"]}


def test_stopped_games_are_no_failures(boards: tuple[dict[str, Any], dict[str, Any]]) -> None:
    cut, whole = boards
    assert cut["stopped"] == {"m0": CUT, "m1": CUT}
    assert whole["stopped"] == {}
    assert cut["games"] == whole["games"] - 2 * 2 * (40 - CUT)
    assert cut["judge_health"]["null_fraction"] == 0
    assert "stopped" not in cut["judge_health"]["by_reason"]


def test_stopped_models_carry_the_sequential_interval(
    boards: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    cut, whole = map(rows_of, boards)
    for model in LOST:
        assert cut[model]["interval"] == "sequential"
        assert cut[model]["prompts"] == CUT
        assert "stopped early" in cut[model]["note"]
        assert (
            cut[model]["upper"] - cut[model]["lower"]
            > whole[model]["upper"] - whole[model]["lower"]
        )
    for model in ("m2", "m3", "m4", "m5"):
        for name in ("win_rate", "standard_error", "prompts", "coverage", "note"):
            assert cut[model][name] == whole[model][name]


def test_stopped_models_stay_out_of_separability(
    boards: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    cut, whole = boards
    assert whole["separability"]["pairs"] == 15
    assert cut["separability"]["pairs"] == 6


def test_a_note_says_that_some_games_only_have_a_preference() -> None:
    rows = judged(stop=False).to_pylist()
    rows[0]["preference"] = 0.5
    observe = Silent()
    table = pa.Table.from_pylist(rows, schema=JUDGMENTS.schema)
    report(table, settings=ReportSettings(rounds=20), observe=observe)
    assert "1 of 480 games have a preference" in observe.notes[0]
    assert observe.figures["boards"][0]["settings"]["weighting"] == "strong3"


def test_an_ensemble_is_one_judge_and_agreement_is_still_of_all() -> None:
    rows = judged(stop=False).to_pylist()
    both = [row | {"judge": judge} for judge in ("x", "y") for row in rows]
    table = pa.Table.from_pylist(both, schema=JUDGMENTS.schema)
    observe = Silent()
    report(table, settings=ReportSettings(rounds=20, judges="ensemble"), observe=observe)
    document = observe.figures["boards"][0]
    assert document["judges"] == ["ensemble(x+y)"]
    assert document["judge_agreement"]["alpha"] == 1
    assert document["judge_health"]["games"] == 960
    single = board(judged(stop=False))
    for one, other in zip(document["leaderboard"], single["leaderboard"], strict=True):
        assert (one["model"], one["win_rate"]) == (other["model"], other["win_rate"])
