"""A leaderboard with models whose judging was stopped early."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.config import ReportSettings
from benchbuilder.observe import Silent
from benchbuilder.schemas import JUDGMENTS
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
