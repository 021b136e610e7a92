"""Answers of several origins in one table."""

from __future__ import annotations

import pyarrow as pa

from benchbuilder.schemas import ANSWERS
from benchbuilder.sources.answer_sets import ASKED, FILE, beside


def answers(model: str, *texts: str) -> pa.Table:
    rows = [
        {"question_id": f"q{n}", "model": model, "sample": 0, "text": text, "status": "ok"}
        for n, text in enumerate(texts)
    ]
    return pa.Table.from_pylist(rows, schema=ANSWERS.schema)


NONE = ANSWERS.schema.empty_table()


def test_the_order_of_asking_never_shows() -> None:
    one = beside(beside(NONE, answers("a", "x", "y"), ASKED), answers("b", "z"), FILE)
    other = beside(beside(NONE, answers("b", "z"), FILE), answers("a", "x", "y"), ASKED)
    assert one.to_pylist() == other.to_pylist()
    assert one["origin"].to_pylist() == ["asked", "asked", "file"]


def test_newer_answers_of_a_model_replace_all_of_its_older_ones() -> None:
    before = beside(beside(NONE, answers("a", "x", "y"), ASKED), answers("b", "z"), ASKED)
    after = beside(before, answers("a", "new"), FILE)
    assert after["text"].to_pylist() == ["new", "z"]


def test_a_file_alone_keeps_its_order() -> None:
    mixed = pa.concat_tables([answers("b", "x"), answers("a", "y")])
    assert beside(NONE, mixed, FILE)["model"].to_pylist() == ["b", "a"]
