from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from benchbuilder import mapped
from benchbuilder.artifacts import RunFolder
from benchbuilder.cli import app
from benchbuilder.resources import demo_path


def written(folder: Path, kind: str, rows: int = 3000) -> tuple[Path, pa.Table]:
    vectors = np.random.default_rng(0).random((rows, 4)).astype(kind)
    column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), 4)
    table = pa.table({"id": [str(i) for i in range(rows)], "vector": column, "cut": [True] * rows})
    path = folder / "embeddings.parquet"
    pq.write_table(table, path, row_group_size=700)
    return path, table


@pytest.mark.parametrize("kind", ["float16", "float32"])
def test_a_mapped_table_says_what_the_file_says(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, table = written(tmp_path, kind)
    monkeypatch.setattr(mapped, "LEAST_BYTES", 1)
    before = pa.total_allocated_bytes()
    read = mapped.read_table(path)
    assert read.equals(table)
    assert read.schema.equals(table.schema)
    assert read["vector"].num_chunks == 1
    assert pa.total_allocated_bytes() - before < table["vector"].nbytes
    assert [file.name for file in tmp_path.iterdir()] == ["embeddings.parquet"]


def test_small_and_empty_ones_are_read_into_memory(tmp_path: Path) -> None:
    for rows in (0, 3000):
        path, table = written(tmp_path, "float32", rows)
        assert mapped.read_table(path).equals(table)


def test_much_text_comes_with_wide_offsets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({"id": ["2", "1"], "text": ["a" * 90, "b" * 90], "size": [90, 90]})
    pq.write_table(table, tmp_path / "prompts.parquet")
    monkeypatch.setattr(mapped, "MOST_TEXT_BYTES", 100)
    read = mapped.read_table(tmp_path / "prompts.parquet")
    assert read.schema.types == [pa.string(), pa.large_string(), pa.int64()]
    assert read.sort_by("id")["text"].to_pylist() == ["b" * 90, "a" * 90]


@pytest.mark.slow
def test_a_curation_of_wide_offsets_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = []
    for run, most in (("narrow", mapped.MOST_TEXT_BYTES), ("wide", 0)):
        monkeypatch.setattr(mapped, "MOST_TEXT_BYTES", most)
        arguments = ["curate", str(demo_path() / "part_a.jsonl"), "--run", str(tmp_path / run)]
        plain = ["--set", "embed.backend=tfidf", "--set", "annotate.head=surface"]
        done = CliRunner().invoke(app, [*arguments, *plain])
        assert done.exit_code == 0, done.output
        entries = RunFolder(tmp_path / run).manifest()["artifacts"]
        digests.append({name: entry["digest"] for name, entry in entries.items()})
    assert digests[0] == digests[1]
