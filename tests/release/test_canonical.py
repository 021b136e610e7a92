"""The canonical form: what must not show in a digest, and what must."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.release.canonical import canonical_digest, canonical_lines
from benchbuilder.schemas import QUESTIONS, TOPIC_SCORES

texts = st.text(st.characters(exclude_categories=["Cs"]))
rows_of_questions = st.lists(
    st.fixed_dictionaries(
        {"question_id": texts, "text": texts, "quality_score": st.none() | st.integers(0, 7)}
    ),
    unique_by=lambda row: row["question_id"],
    max_size=6,
)


def digest(rows: list[dict[str, Any]]) -> str:
    return canonical_digest(pa.Table.from_pylist(rows, schema=QUESTIONS.schema), QUESTIONS)


@given(rows_of_questions, st.randoms())
def test_the_order_of_rows_does_not_show(rows: list[dict[str, Any]], random: Any) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    assert digest(mixed) == digest(rows)


@given(rows_of_questions.filter(bool), texts)
def test_every_text_shows(rows: list[dict[str, Any]], text: str) -> None:
    changed = [{**rows[0], "text": text}, *rows[1:]]
    assert (digest(changed) == digest(rows)) == (text == rows[0]["text"])


def test_a_column_without_values_does_not_show() -> None:
    row = {"question_id": "a", "text": "b"}
    older = pa.Table.from_pylist([row])
    newer = pa.Table.from_pylist([row], schema=QUESTIONS.schema)
    assert canonical_digest(older, QUESTIONS) == canonical_digest(newer, QUESTIONS)


def test_the_last_bits_of_floats_do_not_show() -> None:
    def lines(value: float) -> list[bytes]:
        row = {"topic_id": 1, "mean_score": value}
        return list(canonical_lines(pa.Table.from_pylist([row]), TOPIC_SCORES))

    assert lines(0.1 + 0.2) == lines(0.3)
    assert lines(-0.0) == lines(0.0)
    assert lines(0.3) != lines(0.30001)
    assert lines(float("nan")) == [b'{"topic_id":1}\n']
