"""Rows that must be right, and what they say when they are not."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchbuilder.errors import InputError
from benchbuilder.sources.rows import SourceRow, read_rows


def row(**fields: Any) -> SourceRow:
    return SourceRow(Path("f.jsonl"), 7, fields)


def test_the_first_field_that_is_there_and_not_null_counts() -> None:
    assert row(a=None, b="x", c="y").first("a", "b", "c") == "x"
    assert row(a=None).first("a", "b") is None


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (3, 3),
        (3.0, 3),
        (2.5, None),
        (True, None),
        ("3", 3),
        ("3.5", None),
        ("", None),
        (None, None),
    ],
)
def test_counts_are_whole_numbers_also_as_cells_of_csv(value: Any, count: int | None) -> None:
    assert row(n=value).count_of("n") == count


def test_reals_texts_ids_and_names() -> None:
    one = row(real=2, cell="0.5", nan=math.nan, text="cut \ud83d", id=12, name=" gpt ")
    assert (one.real_of("real"), one.real_of("cell")) == (2.0, 0.5)
    assert (one.real_of("nan"), one.real_of("text")) == (None, None)
    assert (one.text_of("text"), one.text_of("none")) == ("cut ?", None)
    assert (one.id_of("id"), one.name_of("name")) == ("12", "gpt")


@pytest.mark.parametrize("value", [None, " ", {"a": 1}])
def test_a_row_without_an_id_says_where_and_what_it_has(value: Any) -> None:
    with pytest.raises(InputError, match=r"f\.jsonl:7: expected an id in id, found the fields id"):
        row(id=value).id_of("id")


def test_files_come_one_after_the_other_with_their_lines(tmp_path: Path) -> None:
    for name, count in (("b.jsonl", 2), ("a.jsonl", 1)):
        lines = (json.dumps({"n": n}) for n in range(count))
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = list(read_rows([tmp_path / "b.jsonl", tmp_path / "a.jsonl"], "answers"))
    assert [(r.file.name, r.line) for r in found] == [
        ("b.jsonl", 1),
        ("b.jsonl", 2),
        ("a.jsonl", 1),
    ]


def test_a_folder_with_the_artifact_stands_for_it(tmp_path: Path) -> None:
    (tmp_path / "other.jsonl").write_text('{"n": 1}\n', encoding="utf-8")
    assert [r.fields for r in read_rows([tmp_path], "answers")] == [{"n": 1}]
    pq.write_table(pa.table({"n": [2, 3]}), tmp_path / "answers.parquet")
    assert [r.fields for r in read_rows([tmp_path], "answers")] == [{"n": 2}, {"n": 3}]


def test_arena_hards_folders_are_known(tmp_path: Path) -> None:
    (tmp_path / "model_answer").mkdir()
    (tmp_path / "question.jsonl").write_text('{"n": 1}\n', encoding="utf-8")
    (tmp_path / "model_answer" / "m.jsonl").write_text('{"n": 2}\n', encoding="utf-8")
    assert [r.fields for r in read_rows([tmp_path], "questions")] == [{"n": 1}]
    assert [r.fields for r in read_rows([tmp_path], "answers")] == [{"n": 2}]


def test_a_row_that_cannot_be_read_stops_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"n": 1}\n{"n": \n', encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.jsonl:2: "):
        list(read_rows([path], "answers"))
