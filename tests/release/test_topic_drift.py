"""Topics are recognised by their prompts, not by their numbers or names."""

from __future__ import annotations

import pyarrow as pa

from benchbuilder.release.topic_drift import topic_drift
from benchbuilder.schemas import CLUSTERS, QUESTIONS, TOPICS


def tables(topics: dict[str, list[str]], asked: list[str]) -> dict[str, pa.Table]:
    """Topics by name, each with its prompts, numbered in the order in which they stand."""
    numbered = list(enumerate(topics.items()))
    clusters = [
        {"prompt_id": prompt, "topic_id": i, "probability": 1.0}
        for i, (_, prompts) in numbered
        for prompt in prompts
    ]
    named = [
        {"topic_id": i, "name": name, "keywords": [], "size": 1, "example_prompt_ids": []}
        for i, (name, _) in numbered
    ]
    questions = [{"question_id": prompt, "text": prompt} for prompt in asked]
    return {
        "clusters": pa.Table.from_pylist(clusters, schema=CLUSTERS.schema),
        "topics": pa.Table.from_pylist(named, schema=TOPICS.schema),
        "questions": pa.Table.from_pylist(questions, schema=QUESTIONS.schema),
    }


def test_a_topic_with_another_number_and_name_is_the_same_one() -> None:
    a = tables({"sql": ["1", "2", "3"], "cooking": ["4", "5", "6"]}, ["1", "4"])
    b = tables({"recipes": ["4", "5", "6", "9"], "databases": ["1", "2", "3"]}, ["1", "2", "9"])
    drift = topic_drift(a, b)
    assert [(row["a"], row["b"], row["overlap"]) for row in drift["same"]] == [
        ("sql", "databases", 1.0),
        ("cooking", "recipes", 1.0),
    ]
    assert [(row["questions_a"], row["questions_b"]) for row in drift["same"]] == [(1, 2), (1, 1)]
    assert drift["new"] == drift["gone"] == []


def test_a_topic_that_fell_apart_is_gone_and_its_parts_are_new() -> None:
    a = tables({"all": ["1", "2", "3", "4", "5", "6"]}, ["1"])
    b = tables({"x": ["1", "2"], "y": ["3", "4"], "z": ["5", "6"]}, ["1", "3"])
    drift = topic_drift(a, b)
    assert drift["same"] == []
    assert [row["topic"] for row in drift["gone"]] == ["all"]
    assert [(row["topic"], row["questions"]) for row in drift["new"]] == [
        ("x", 1),
        ("y", 1),
        ("z", 0),
    ]


def test_without_a_shared_prompt_names_decide() -> None:
    drift = topic_drift(tables({"sql": ["1"], "art": ["2"]}, []), tables({"sql": ["8"]}, ["8"]))
    assert [(row["b"], row["overlap"]) for row in drift["same"]] == [("sql", None)]
    assert [row["topic"] for row in drift["gone"]] == ["art"]


def test_where_too_few_prompts_are_shared_names_decide_and_where_enough_are_they_do_not() -> None:
    a = tables({"sql": ["1", "2"], "art": ["3", "4", "5"]}, ["1"])
    b = tables({"sql": ["1", "6", "7"], "art": ["8"], "songs": ["3", "4", "5"]}, ["1"])
    drift = topic_drift(a, b)
    assert [(row["a"], row["b"], row["overlap"]) for row in drift["same"]] == [
        ("art", "songs", 1.0),
        ("sql", "sql", None),
    ]
    assert [row["topic"] for row in drift["new"]] == ["art"]
    assert drift["gone"] == []


def test_no_topics_on_one_side() -> None:
    a, none = tables({"sql": ["1", "2", "3"]}, ["1"]), tables({}, [])
    assert [row["topic"] for row in topic_drift(a, none)["gone"]] == ["sql"]
    assert [row["topic"] for row in topic_drift(none, a)["new"]] == ["sql"]


def test_noise_is_no_topic() -> None:
    a = tables({"sql": ["1", "2"]}, ["1"])
    noise = pa.Table.from_pylist(
        [{"prompt_id": "3", "topic_id": -1, "probability": 0.0}], schema=CLUSTERS.schema
    )
    a["clusters"] = pa.concat_tables([a["clusters"], noise])
    drift = topic_drift(a, a)
    assert len(drift["same"]) == 1
    assert drift["new"] == drift["gone"] == []
