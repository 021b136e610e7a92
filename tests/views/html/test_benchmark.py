from __future__ import annotations

import json
from dataclasses import replace

import pyarrow as pa

from benchbuilder.views.html.benchmark import benchmark_context
from benchbuilder.views.html.page import render_page
from benchbuilder.views.html.report import Curation, Report
from benchbuilder.views.html.tables import report_tables
from tests.views.html.outline import Outline

CURATION = Curation(
    waterfall=[
        {"step": "read", "count": 100},
        {"step": "near_duplicate", "count": 40},
        {"step": "kept", "count": 60},
    ],
    topics=pa.table({"topic_id": [0, 1], "name": ["maths", "<i>verse</i>"], "size": [40, 20]}),
    topic_scores=pa.table(
        {
            "topic_id": [0, 1],
            "mean_score": [5.5, None],
            "hard_share": [0.5, None],
            "scored": [40, 0],
            "eligible": [30, 0],
            "reason": ["eligible", "nothing scored"],
            "picked": [30, 0],
        }
    ),
    selection=pa.table(
        {
            "quality_score": pa.array([7] * 30 + [2] * 30, pa.int8()),
            "selected": [True] * 30 + [False] * 30,
        }
    ),
)


def test_a_curated_benchmark_shows_where_every_conversation_went(made: Report) -> None:
    report = replace(made, curation=CURATION)
    found = benchmark_context(report, report_tables(report))
    assert found is not None
    assert found["title"] == "100 conversations gave 30 questions in 2 topics"
    bars = json.loads(found["waterfall"])["data"][0]
    assert bars["y"] == ["read", "− near duplicate", "kept"]
    shares = json.loads(found["scores"])["data"]
    assert [trace["name"] for trace in shares] == ["all (n = 60)", "selected (n = 30)"]
    (picked,) = [t for t in json.loads(found["topic_scores"])["data"] if t["text"]]
    assert picked["text"] == ["maths"], "a topic without a score has no place"
    assert len(Outline(render_page(report)).json_of(class_="figure")) == 6


def test_questions_that_were_not_curated_here_are_still_described(made: Report) -> None:
    found = benchmark_context(made, report_tables(made))
    assert found is not None
    assert found["title"] == "The benchmark has 30 questions in 2 topics"
    assert found["waterfall"] is None
    assert [row["questions"] for row in found["topics"]] == [15, 15]
    assert len(found["examples"]) == 3


def test_without_questions_there_is_nothing_to_say(made: Report) -> None:
    report = replace(made, questions=None)
    assert benchmark_context(report, report_tables(report)) is None
    assert "benchmark" not in {a.get("id") for a in Outline(render_page(report)).all("section")}
