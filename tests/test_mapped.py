from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchbuilder import mapped


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
