from __future__ import annotations

import pyarrow.compute as pc
import pytest

from benchbuilder.reporting.breakdown import breakdown_rows, topic_summary
from benchbuilder.settings import ReportSettings
from benchbuilder.stats.battles import build_battles
from tests.views.html.games import BASELINE, games

TABLES = games(models=3, questions=24, topics=2, judges=("judge-1", "judge-2"))
BATTLES = build_battles(TABLES["judgments"], baseline=BASELINE)
TOPICS = {row["question_id"]: row["topic"] for row in TABLES["questions"].to_pylist()}


def test_parts_add_up_to_the_whole() -> None:
    rows = breakdown_rows(BATTLES, TABLES["judgments"], TOPICS, ReportSettings())
    for place, model in enumerate(BATTLES.models):
        own = [row for row in rows if row["model"] == model and row["dimension"] == "topic"]
        assert sum(row["prompts"] for row in own) == BATTLES.used[place]
        assert [row["part"] for row in own] == ["topic 0 <i>", "topic 1 <i>"]


def test_each_of_several_judges_has_its_own_win_rates() -> None:
    rows = breakdown_rows(BATTLES, TABLES["judgments"], {}, ReportSettings())
    assert {(row["dimension"], row["part"]) for row in rows} == {
        ("judge", "judge-1"),
        ("judge", "judge-2"),
    }
    one = TABLES["judgments"].filter(pc.equal(TABLES["judgments"]["judge"], "judge-1"))
    alone = build_battles(one, baseline=BASELINE)
    expected = alone.score.sum(axis=1) / alone.weight.sum(axis=1)
    found = [row["win_rate"] for row in rows if row["part"] == "judge-1"]
    assert found == pytest.approx(expected.tolist())


def test_the_consensus_says_why_it_is_not_there() -> None:
    assert topic_summary(BATTLES, TOPICS)["reason"] is None
    assert topic_summary(BATTLES, {})["reason"] == "no question has a topic"
    thin = {question: f"topic {place}" for place, question in enumerate(TOPICS)}
    summary = topic_summary(BATTLES, thin)
    assert summary["counted"] == []
    assert "no topic has 10 questions" in str(summary["reason"])
    assert set(summary["borda"].values()) == {None}
