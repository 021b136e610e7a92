"""An artifact on its way to disk."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from benchbuilder.artifacts import RunFolder
from benchbuilder.errors import SchemaError
from benchbuilder.schemas import ANNOTATIONS, CLUSTERS, EMBEDDINGS
from benchbuilder.writing import conform
from tests.test_artifacts import clusters, write


def test_a_key_that_stands_twice_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"clusters: the key .*'twice'.* more than once"):
        write(RunFolder(tmp_path, create=True), clusters("twice"), clusters("twice"))


def test_an_empty_artifact_has_the_declared_schema(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, create=True)
    folder.install([write(folder)])
    assert folder.read("clusters").schema.equals(CLUSTERS.schema)


def test_conform_fills_nullable_columns_and_refuses_the_rest() -> None:
    rows = pa.table({"prompt_id": ["a"], "annotator": ["x"], "status": ["timeout"]})
    full = conform(rows, ANNOTATIONS)
    assert full["quality_score"].to_pylist() == [None]
    with pytest.raises(SchemaError, match="'status' is missing"):
        conform(rows.drop_columns("status"), ANNOTATIONS)
    with pytest.raises(SchemaError, match="'mood' is not declared"):
        conform(rows.append_column("mood", pa.array(["fine"])), ANNOTATIONS)
    with pytest.raises(SchemaError, match=r"annotations\.quality_score"):
        conform(rows.append_column("quality_score", pa.array(["many"])), ANNOTATIONS)
    with pytest.raises(SchemaError, match="'status' has a null"):
        nothing = pa.table(
            {"prompt_id": ["a"], "annotator": ["x"], "status": pa.array([None], pa.string())}
        )
        conform(nothing, ANNOTATIONS)


def test_vectors_stay_fixed_size_lists() -> None:
    kind = pa.list_(pa.float32(), 3)
    table = pa.table(
        {
            "prompt_id": ["a"],
            "vector": pa.array([[1.0, 0.0, 0.0]], kind),
            "truncated": [False],
        }
    )
    assert conform(table, EMBEDDINGS).schema.field("vector").type == kind
