"""An artifact on its way to disk: cast to its schema, its key checked, its bytes hashed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchbuilder.digests import file_digest
from benchbuilder.errors import SchemaError
from benchbuilder.schemas import Artifact


@dataclass(frozen=True)
class Written:
    """An artifact on its temporary path, checked and hashed, not yet in place."""

    artifact: Artifact
    temporary: Path
    digest: str
    rows: int
    statuses: dict[str, int]  # rows by status, empty where the artifact has no such column


class ArtifactWriter:
    """Takes the parts of one artifact as they come, and checks them."""

    def __init__(self, artifact: Artifact, temporary: Path) -> None:
        self.artifact, self.temporary = artifact, temporary
        self._writer: pq.ParquetWriter | None = None

    def add(self, part: pa.Table | pa.RecordBatch) -> None:
        """Append a part after casting it to the schema.

        Raises:
            SchemaError: a column is missing, unknown or of another type.
        """
        table = conform(part, self.artifact)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.temporary, table.schema, compression="zstd")
        if table.num_rows:
            self._writer.write_table(table)

    def finish(self) -> Written:
        """Close the file, check the key, hash the bytes.

        Raises:
            SchemaError: a key stands more than once.
        """
        if self._writer is None:
            self.add(self.artifact.schema.empty_table())
        assert self._writer is not None
        self._writer.close()
        key = list(self.artifact.key)
        wanted = [*key, "status"] if "status" in self.artifact.schema.names else key
        table = pq.read_table(self.temporary, columns=list(dict.fromkeys(wanted)))
        _demand_unique(table.select(key), self.artifact)
        statuses = {}
        if "status" in table.column_names:
            counted = pc.value_counts(table["status"]).to_pylist()
            statuses = {item["values"]: item["counts"] for item in counted}
        return Written(
            self.artifact,
            self.temporary,
            file_digest(self.temporary),
            table.num_rows,
            dict(sorted(statuses.items())),
        )

    def abandon(self) -> None:
        """Leave no trace."""
        if self._writer is not None:
            self._writer.close()
        self.temporary.unlink(missing_ok=True)


def conform(part: pa.Table | pa.RecordBatch, artifact: Artifact) -> pa.Table:
    """Cast to the declared schema; nullable columns that are absent become null.

    A list column may come as a fixed-size list: it is stored as it came.

    Raises:
        SchemaError: a required column is missing or null, a column is unknown or of another type.
    """
    table = pa.table(part) if isinstance(part, pa.RecordBatch) else part
    unknown = sorted(set(table.column_names) - set(artifact.schema.names))
    if unknown:
        raise SchemaError(f"{artifact.name}: column {unknown[0]!r} is not declared in its schema")
    columns, fields = [], []
    for field in artifact.schema:
        if field.name not in table.column_names:
            if not field.nullable:
                raise SchemaError(f"{artifact.name}: column {field.name!r} is missing")
            column = pa.nulls(table.num_rows, field.type)
        else:
            column = table[field.name]
            if not pa.types.is_fixed_size_list(column.type):
                try:
                    column = column.cast(field.type)
                except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                    raise SchemaError(f"{artifact.name}.{field.name}: {error}") from error
            if not field.nullable and column.null_count:
                raise SchemaError(f"{artifact.name}: column {field.name!r} has a null")
        columns.append(column)
        fields.append(field.with_type(column.type))
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def _demand_unique(keys: pa.Table, artifact: Artifact) -> None:
    counted = keys.group_by(list(artifact.key)).aggregate([([], "count_all")])
    if counted.num_rows == keys.num_rows:
        return
    twice = counted.filter(pc.greater(counted["count_all"], 1)).slice(0, 1).to_pylist()[0]
    twice.pop("count_all")
    raise SchemaError(f"{artifact.name}: the key {twice} stands more than once")
