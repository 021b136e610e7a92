from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.errors import InputError
from benchbuilder.sources import json_values
from benchbuilder.sources.json_values import BrokenJson, CutJson, read_json, stream_json
from benchbuilder.sources.records import Broken, read_records

ROWS: list[dict[str, Any]] = [
    {"id": "00012", "text": 'one\ntwo, "three"'},
    {"id": "1e5", "text": "naïve 😀"},
    {"id": "x", "text": ""},
]


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def contents(path: Path) -> list[Any]:
    return [record.content for record in read_records(path)]


def as_lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def packed(name: str, content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, name) as stream:
        stream.write(content)
    return bytes(sink.getvalue())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", as_lines(ROWS)),
        ("a.json", as_lines(ROWS)),  # many a .json file holds lines
        ("a.ndjson", b"\xef\xbb\xbf" + as_lines(ROWS).replace(b"\n", b"\r\n")),
        ("a.json", json.dumps(ROWS).encode()),
        ("a.json", json.dumps(ROWS, indent=2).encode()),
        ("a.json", b"\n\n" + json.dumps(ROWS, indent="\t", ensure_ascii=False).encode()),
        ("a.json", b"\n".join(json.dumps(row, indent=1).encode() for row in ROWS)),
        ("a.json", json.dumps(ROWS).encode("utf-16")),
        ("a.jsonl", as_lines(ROWS).decode().encode("utf-16")),
        ("a.unknown", as_lines(ROWS)),
        ("a.jsonl.gz", gzip.compress(as_lines(ROWS))),
        ("a.jsonl.gz", gzip.compress(as_lines(ROWS[:1])) + gzip.compress(as_lines(ROWS[1:]))),
        ("a.jsonl.zst", packed("zstd", as_lines(ROWS))),
        ("a.json.bz2", packed("bz2", json.dumps(ROWS).encode())),
        ("a.jsonl", gzip.compress(as_lines(ROWS))),  # packed, whatever its name says
        ("a.csv", 'id,text\r\n00012,"one\ntwo, ""three"""\r\n1e5,naïve 😀\r\nx,\r\n'.encode()),
    ],
)  # fmt: skip
def test_every_packing_and_layout_gives_the_same_rows(
    tmp_path: Path, name: str, content: bytes
) -> None:
    assert contents(written(tmp_path, name, content)) == ROWS


def test_tables_give_the_same_rows(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(ROWS * 700)
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=500)
    with pa.ipc.new_stream(str(tmp_path / "stream.arrow"), table.schema) as stream:
        stream.write_table(table)
    with pa.ipc.new_file(str(tmp_path / "file.arrow"), table.schema) as file:
        file.write_table(table)
    for name in ("a.parquet", "stream.arrow", "file.arrow"):
        assert contents(tmp_path / name) == ROWS * 700


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", b'{"a": 1}\n\n   \n{"a": 2}\noops\n{"a": 3')
    found = [(r.number, isinstance(r.content, Broken)) for r in read_records(path)]
    assert found == [(1, False), (4, False), (5, True), (6, True)]


def test_an_array_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    whole = json.dumps(ROWS, indent=2).encode()
    for cut in range(2, len(whole) - 1, 7):
        found = contents(written(tmp_path, "a.json", whole[:cut]))
        assert found[:-1] == ROWS[: len(found) - 1]
        assert isinstance(found[-1], Broken)
        assert found[-1].final


def test_a_malformed_array_cannot_be_read_past_the_fault(tmp_path: Path) -> None:
    rows = json.dumps([{"a": place} for place in range(50)]).replace('{"a": 20}', '{"a" 20}')
    with pytest.raises(InputError, match="record 21"):
        contents(written(tmp_path, "a.json", rows.encode()))


def test_a_packed_file_that_breaks_off_is_one_broken_record(tmp_path: Path) -> None:
    lines = as_lines([{"id": str(place), "text": f"{place * 7919} words"} for place in range(9000)])
    found = contents(written(tmp_path, "a.jsonl.gz", gzip.compress(lines)[:-3000]))
    assert [isinstance(content, Broken) for content in found[-2:]] == [False, True]
    assert found[-1].final
    with pytest.raises(InputError, match=r"a\.jsonl\.gz"):
        contents(written(tmp_path, "a.jsonl.gz", b"\x1f\x8b\x08" + b"no gzip at all"))


def test_bytes_that_are_no_utf_8(tmp_path: Path) -> None:
    latin = "id,text\n1,caf\xe9\n".encode("latin-1")
    with pytest.raises(InputError, match="cannot be read as UTF-8") as caught:
        contents(written(tmp_path, "a.csv", latin))
    assert "iconv" in str(caught.value.hint)
    found = contents(written(tmp_path, "a.txt", b"fine\ncaf\xe9\n"))
    assert found == [{"text": "fine"}, Broken("byte 4 is not UTF-8")]
    found = contents(written(tmp_path, "a.jsonl", b'{"a": "caf\xe9"}\n{"a": 1}\n'))
    assert found == [Broken("byte 11 is not UTF-8"), {"a": 1}]


def test_a_cell_of_a_table_that_is_no_utf_8_is_one_broken_record(tmp_path: Path) -> None:
    raw = pa.array([b"fine", b"caf\xe9", b"good"], pa.binary())
    text = pa.Array.from_buffers(pa.string(), 3, raw.buffers())
    pq.write_table(pa.table({"text": text}), tmp_path / "a.parquet")
    found = contents(tmp_path / "a.parquet")
    assert [isinstance(content, Broken) for content in found] == [False, True, False]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b"", "empty"),
        ("a.parquet", b"", "empty"),
        ("a.parquet", b"PAR1 but no table", "cannot be read"),
        ("a.parquet", b"no table at all", "cannot be read"),
        ("a.arrow", b"no table at all", "cannot be read"),
        ("a.docx", b"PK\x03\x04", "suffix"),
        ("a.jsonl", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "pointer"),
    ],
)
def test_files_that_cannot_be_read_say_why(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        contents(written(tmp_path, name, content))
    assert name in str(caught.value)
    assert caught.value.hint


def test_spreadsheets_separate_by_semicolons_where_commas_are_decimal(tmp_path: Path) -> None:
    assert contents(written(tmp_path, "a.csv", b"day;text\n1,5;one, two\n")) == [
        {"day": "1,5", "text": "one, two"}
    ]
    assert contents(written(tmp_path, "b.csv", b"id,text;words\n1,x;y\n")) == [
        {"id": "1", "text;words": "x;y"}
    ]


def test_csv_rows_of_another_width_are_broken(tmp_path: Path) -> None:
    found = contents(written(tmp_path, "a.csv", b"a,b\n1,2\n1\n\n1,2,3\n"))
    assert [isinstance(content, Broken) for content in found] == [False, True, True]


def test_a_bare_list_of_messages_on_each_line(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", b'[{"role": "user"}]\n[{"role": "system"}]\n')
    assert contents(path) == [{"messages": [{"role": "user"}]}, {"messages": [{"role": "system"}]}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": NaN, "b": Infinity}', None),
        (r'"\ud83d"', "\ud83d"),
        ('"a\tb"', "a\tb"),
        ("123456789012345678901234567890", 123456789012345678901234567890),
    ],
)
def test_json_as_python_writes_it(text: str, value: Any) -> None:
    found = read_json(text)
    assert value is None or found == value or isinstance(found, float)


@pytest.mark.parametrize("text", ["", "{", "[1,", "nul", "[" * 100_000, "1" * 5000, b"\xff"])
def test_what_is_no_json_says_so(text: str | bytes) -> None:
    with pytest.raises(BrokenJson, match="not"):
        read_json(text)


json_rows = st.lists(
    st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=20), max_size=3),
    max_size=6,
)


@given(json_rows, st.integers(1, 40), st.sampled_from([None, 1, "\t"]))
def test_any_chunk_size_gives_the_same_values(
    rows: list[dict[str, Any]], chunk: int, indent: Any
) -> None:
    patched = pytest.MonkeyPatch()
    patched.setattr(json_values, "_CHUNK_CHARS", chunk)
    try:
        text = json.dumps(rows, indent=indent)
        assert list(stream_json(io.StringIO(text))) == rows
        joined = "\n".join(json.dumps(row, indent=indent) for row in rows)
        assert list(stream_json(io.StringIO(joined))) == rows
        if rows:
            with pytest.raises(CutJson):
                list(stream_json(io.StringIO(text[:-1])))
    finally:
        patched.undo()
