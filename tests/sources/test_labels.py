from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchbuilder.errors import InputError
from benchbuilder.schemas import CRITERIA
from benchbuilder.sources.labels import read_labels


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows))
    return path


def test_a_list_of_names_is_seven_booleans(tmp_path: Path) -> None:
    file = write(
        tmp_path / "l.jsonl",
        {"conversation_id": "00012", "annotator": "n", "criteria": ["specificity", "real_world"]},
        {"conversation_id": 7, "criteria": []},
        {"prompt_id": "x", "criteria": None},
    )
    rows = read_labels(file).to_pylist()
    assert [row["id"] for row in rows] == ["00012", "7", "x"]
    assert [c for c in CRITERIA if rows[0][c]] == ["specificity", "real_world"]
    assert [rows[1][c] for c in CRITERIA] == [False] * 7, "an empty list is a valid 0"
    assert [rows[2][c] for c in CRITERIA] == [None] * 7, "no list is no label"
    assert [row["annotator"] for row in rows] == ["n", "labels", "labels"]


def test_seven_columns_come_as_they_are(tmp_path: Path) -> None:
    columns = {c: [True, None] for c in CRITERIA}
    pq.write_table(pa.table({"prompt_id": ["a", "b"], **columns}), tmp_path / "l.parquet")
    rows = read_labels(tmp_path / "l.parquet").to_pylist()
    assert (rows[0]["complexity"], rows[1]["complexity"]) == (True, None)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["{"], r"l\.jsonl:1: not JSON"),
        (["[1]"], r"l\.jsonl:1: expected a JSON object"),
        (["", '{"criteria": []}'], r"l\.jsonl:2: no id"),
        ([{"prompt_id": "a"}], r"l\.jsonl:1: no labels"),
        ([{"prompt_id": "a", "criteria": "all"}], "not a list"),
        ([{"prompt_id": "a", "criteria": ["complexty"]}], "unknown criterion 'complexty'"),
        ([], "empty"),
    ],
)
def test_bad_files_are_named_with_their_line(
    tmp_path: Path, rows: list[object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_labels(write(tmp_path / "l.jsonl", *rows))


def test_an_unknown_criterion_suggests_the_nearest(tmp_path: Path) -> None:
    file = write(tmp_path / "l.jsonl", {"prompt_id": "a", "criteria": ["complexty"]})
    with pytest.raises(InputError) as caught:
        read_labels(file)
    assert caught.value.hint == "did you mean 'complexity'?"


def test_a_missing_file_and_a_file_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such label file"):
        read_labels(tmp_path / "absent.jsonl")
    (tmp_path / "l.parquet").write_text("not parquet")
    with pytest.raises(InputError, match="not a Parquet file"):
        read_labels(tmp_path / "l.parquet")
