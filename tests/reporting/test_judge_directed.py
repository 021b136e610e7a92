"""Which answers tried to speak to the judge."""

from __future__ import annotations

import pyarrow as pa

from benchbuilder.reporting.judge_directed import judge_directed
from benchbuilder.schemas import ANSWERS
from tests.judging.injections import INJECTIONS


def answers(model: str, *texts: str | None) -> pa.Table:
    rows = [
        {"question_id": f"q{n}", "model": model, "sample": 0, "text": text, "status": "ok"}
        for n, text in enumerate(texts)
    ]
    return pa.Table.from_pylist(rows, schema=ANSWERS.schema)


def test_every_injection_is_listed_under_its_model() -> None:
    both = pa.concat_tables([answers("honest", "It is Paris.", "42"), answers("sly", *INJECTIONS)])
    document = judge_directed(both)
    assert document["answers"] == len(INJECTIONS)
    (row,) = document["models"]
    assert (row["model"], row["answers"]) == ("sly", len(INJECTIONS))
    assert [found["question_id"] for found in document["found"]] == [
        f"q{n}" for n in range(len(INJECTIONS))
    ]


def test_without_texts_there_is_a_reason_and_no_zero() -> None:
    for nothing in (None, answers("m", None)):
        document = judge_directed(nothing)
        assert document["answers"] is None
        assert document["reason"]
