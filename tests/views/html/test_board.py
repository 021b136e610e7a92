from __future__ import annotations

from typing import Any

import pytest

from benchbuilder.views.html.board import board_context
from benchbuilder.views.html.report import Report
from benchbuilder.views.html.tables import report_tables
from tests.views.html.games import NASTY_MODEL


@pytest.fixture(scope="module")
def context(made: Report) -> dict[str, Any]:
    return board_context(made, report_tables(made), made.boards[0])


def test_titles_count_what_the_tables_hold(made: Report, context: dict[str, Any]) -> None:
    rows = [r for r in made.boards[0]["leaderboard"] if r["model"] != "base"]
    above = sum(row["lower"] > 0.5 for row in rows)
    below = sum(row["upper"] < 0.5 for row in rows)
    assert context["leaderboard"]["title"].startswith(f"{above} models above base, {below} below")
    pairs = made.tables["pairs"].to_pylist()
    paired = sum(pair["separated_paired"] for pair in pairs)
    disjoint = sum(pair["separated_disjoint"] for pair in pairs)
    assert context["pairs"]["title"] == (
        f"{paired} of 10 pairs of models can be told apart, {disjoint} by the paper's rule"
    )
    assert context["pairs"]["open_count"] == 10 - paired


def test_topics_and_judges_are_offered_with_their_size(context: dict[str, Any]) -> None:
    assert [name for name, _ in context["leaderboard"]["topics"]] == ["topic 0 <i>", "topic 1 <i>"]
    assert {n for _, n in context["leaderboard"]["topics"]} == {15}
    assert [name for name, _ in context["leaderboard"]["judges"]] == ["judge-1", "judge-2"]


def test_the_leader_by_topic_and_the_consensus(context: dict[str, Any]) -> None:
    topics = context["topics"]
    assert topics["title"] == f"{NASTY_MODEL} leads on 2 of 2 topics with at least 10 questions"
    assert topics["borda"][0][:2] == (NASTY_MODEL, 1.0)


def test_people_are_compared_and_the_rest_is_listed(context: dict[str, Any]) -> None:
    human = context["human"]
    assert len(human["models"]) == 4
    assert human["unmatched_models"] == ["model-02", "model-04"]
    assert human["unmatched_human"] == ["known to people only"]
    assert [key for _, _, key in human["definitions"]] == [
        "human_separable", "all_pairs", "half_credit"
    ]  # fmt: skip


def test_what_is_missing_is_counted_by_reason(context: dict[str, Any]) -> None:
    ((reason, count),) = context["coverage"]["reasons"]
    assert reason == "parse error"
    assert 0 < count < context["coverage"]["games"]
