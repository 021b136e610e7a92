"""The report on a terminal."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pytest
from rich.console import Console

from benchbuilder.views.judge_health import UNKNOWN, all_checks
from benchbuilder.views.leaderboard import show
from tests.views.html.games import BASELINE, games, make_report, people


def printed(board: dict[str, Any], width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    show(console, board)
    written = console.file
    assert isinstance(written, io.StringIO)
    return written.getvalue()


@pytest.fixture(scope="module")
def board() -> dict[str, Any]:
    ranked = people([f"model-{place:02d}" for place in range(1, 4)] + [BASELINE])
    unknown = people([f"elsewhere {place}" for place in range(30)])
    human = pa.concat_tables([ranked, unknown.slice(0, 30)])
    return make_report(games(5, 30, nulls=0.1), human=human, style=("length",)).boards[0]


def test_the_judge_has_the_verdicts_of_the_page_and_what_to_do(board: dict[str, Any]) -> None:
    text = " ".join(printed(board, 200).split())
    for check in all_checks(board):
        assert (f"{check.name} {check.shown} {check.verdict}" in text) is (check.verdict != UNKNOWN)
        if check.verdict not in (UNKNOWN, "fine"):
            assert f"{check.name}: {check.advice}" in text


def test_models_without_a_partner_are_named_up_to_a_dozen(board: dict[str, Any]) -> None:
    text = " ".join(printed(board, 200).split())
    assert len(board["human"]["unmatched_human"]) > 13
    assert "and 19 others" in text


@pytest.mark.parametrize("width", [40, 80])
def test_no_table_is_wider_than_the_terminal(board: dict[str, Any], width: int) -> None:
    lines = printed(board, width).splitlines()
    names = [line for line in lines if line.startswith(("  not ranked", "  not here"))]
    assert all(len(line) <= width for line in lines if line not in names)
    assert any("win rate" in line and "95 % interval" in line for line in lines)
