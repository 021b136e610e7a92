"""What a newer run brings, on tables whose answer is worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from benchbuilder.release.diff import Release
from benchbuilder.release.freshness import freshness, next_version
from benchbuilder.release.freshness_text import markdown


def clusters(sizes: dict[int, int], start: int = 0) -> pa.Table:
    topics = [topic for topic, size in sizes.items() for _ in range(size)]
    ids = [f"p{start + place}" for place in range(len(topics))]
    return pa.table({"prompt_id": ids, "topic_id": pa.array(topics, pa.int32())})


def topics(names: dict[int, str]) -> pa.Table:
    return pa.table({"topic_id": pa.array(list(names), pa.int32()), "name": list(names.values())})


@pytest.fixture
def since() -> Release:
    held = clusters({0: 100, 1: 100, 2: 50, -1: 30})
    questions = pa.table({"question_id": ["q1", "q2"], "text": ["Prove it.", "Name | it."]})
    tables = {
        "pool": held.select(["prompt_id"]),
        "clusters": held,
        "topics": topics({0: "proofs", 1: "poems", 2: "gone ones", -1: "none"}),
        "questions": questions,
    }
    return Release({"name": "june", "version": "1.9", "digest": "d"}, {}, tables)


@pytest.fixture
def newer() -> dict[str, pa.Table]:
    held = clusters({0: 200, 1: 100, 3: 100, -1: 5}, start=200)  # p200 … p279 were there before
    reasons = ["chosen"] * 3 + ["contaminated"] * 2 + ["score"] * (held.num_rows - 5)
    details = [None] * 3 + ["june-1.9: q1 (exact)", "mt-bench.jsonl: 81 (words)"]
    selection = held.append_column("reason", pa.array(reasons))
    selection = selection.append_column(
        "selected", pa.array([reason == "chosen" for reason in reasons])
    ).append_column("detail", pa.array(details + [None] * (held.num_rows - 5), pa.string()))
    return {
        "prompts": held.select(["prompt_id"]),
        "clusters": held,
        "topics": topics({0: "proofs", 1: "poems", 2: "gone ones", 3: "prompts on agents"}),
        "selection": selection,
        "questions": pa.table({"question_id": ["p200", "p201", "p202"]}),
    }


def judgments(scores: dict[str, list[str]]) -> pa.Table:
    """Verdicts of both games by question, one for each of six models."""
    mirrored = {"A>B": "B>A", "B>A": "A>B", "A=B": "A=B"}
    rows = [
        {
            "question_id": question, "model": f"m{place}", "baseline": "base", "judge": "j",
            "game": game, "answer_a": f"m{place}" if game == 2 else "base",
            "answer_b": "base" if game == 2 else f"m{place}",
            "verdict": verdict if game == 2 else mirrored[verdict], "status": "ok",
        }
        for question, verdicts in scores.items()
        for place, verdict in enumerate(verdicts)
        for game in (1, 2)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def test_counts_add_up_and_topics_are_told_apart(
    since: Release, newer: dict[str, pa.Table]
) -> None:
    found = freshness(since, newer, called="june-1.9")
    assert found["prompts"] == {"all": 405, "new": 325, "known": 80}
    assert found["questions"] == {"proposed": 3, "earlier_or_near": 1, "judged": None}
    kinds = {kind: [row["topic"] for row in rows] for kind, rows in found["topics"].items()}
    assert kinds == {
        "new": ["prompts on agents"],
        "growing": ["proofs"],
        "shrinking": ["poems"],
        "steady": [],
        "gone": ["gone ones"],
    }
    assert found["saturated"] is None
    assert found["next"] == {"name": "june", "version": "1.10"}


def test_growth_is_a_ratio_of_shares_with_its_interval(
    since: Release, newer: dict[str, pa.Table]
) -> None:
    (row,) = freshness(since, newer, called="june-1.9")["topics"]["growing"]
    error = math.sqrt(1 / 200 - 1 / 400 + 1 / 100 - 1 / 250)
    assert row["ratio"] == pytest.approx(0.5 / 0.4)
    assert row["lower"] == pytest.approx(1.25 * math.exp(-1.96 * error), rel=1e-3)
    assert row["upper"] == pytest.approx(1.25 * math.exp(1.96 * error), rel=1e-3)


def test_questions_on_which_all_fare_alike_are_saturated(
    since: Release, newer: dict[str, pa.Table]
) -> None:
    games = judgments({"q1": ["A=B"] * 6, "q2": ["A>B", "B>A", "A=B", "A>B", "B>A", "A=B"]})
    document = freshness(since, newer, games, called="june-1.9")
    assert document["questions"]["judged"] == 2
    found: list[dict[str, Any]] = document["saturated"]
    assert [(row["question_id"], row["models"], row["spread"]) for row in found] == [("q1", 6, 0.0)]
    few = games.filter(pc.less(games["model"], "m4"))
    document = freshness(since, newer, few, called="june-1.9")
    assert (document["questions"]["judged"], document["saturated"]) == (0, [])
    assert "On 0 of 2 earlier questions 5 models or more were judged" in markdown(document)


def test_a_question_that_separates_against_one_baseline_is_not_past_its_use(
    since: Release, newer: dict[str, pa.Table]
) -> None:
    alike, apart = ["A=B"] * 6, ["A>B", "B>A", "A=B", "A>B", "B>A", "A=B"]
    second = judgments({"q1": apart}).to_pylist()
    for row in second:
        row["baseline"] = "other"
        for side in ("answer_a", "answer_b"):
            row[side] = "other" if row[side] == "base" else row[side]
    games = pa.concat_tables([judgments({"q1": alike}), pa.Table.from_pylist(second)])
    assert freshness(since, newer, games, called="june-1.9")["saturated"] == []


def test_the_markdown_says_it_all(since: Release, newer: dict[str, pa.Table]) -> None:
    games = judgments({"q2": ["A=B"] * 6})
    text = markdown(freshness(since, newer, games, called="june-1.9"))
    assert "Of 405 prompts 325 are new" in text
    assert "| prompts on agents | 100 |" in text
    assert "Name \\| it." in text
    assert "version 1.10" in text


@pytest.mark.parametrize(
    ("version", "following"),
    [("1.0", "1.1"), ("2026-09", "2026-10"), ("v3-beta", "v4-beta"), ("first", "first-2")],
)
def test_the_last_number_of_a_version_goes_up(version: str, following: str) -> None:
    assert next_version(Release({"version": version}, {}, {})) == following
