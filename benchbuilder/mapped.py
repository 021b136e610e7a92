"""Tables whose vectors lie on disk instead of in memory.

Parquet packs its columns, so they cannot be mapped as they are. Vectors are written again, plain,
to a nameless file beside the artifact, and the table's column is a view on the map of that file:
pages come when they are read, and go when memory is wanted elsewhere.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

#: Vectors of fewer bytes are read into memory. Reading takes two to three times as much meanwhile:
#: Parquet notes for each number which list it belongs to.
LEAST_BYTES = 64 * 2**20
#: Texts of more bytes cannot be sorted or taken as Arrow's `string`, whose offsets have 32 bits.
MOST_TEXT_BYTES = 2**31 - 1
_BATCH_ROWS = 8192


def read_table(path: Path) -> pa.Table:
    """A whole Parquet file; a large column of vectors (a fixed-size list) as one mapped chunk.

    A column of more than ``MOST_TEXT_BYTES`` of text comes as `large_string`.
    """
    with pq.ParquetFile(path) as file:
        rows, schema = file.metadata.num_rows, file.schema_arrow
        mapped = {field.name for field in schema if _bytes_of(field.type, rows) >= LEAST_BYTES}
        table = file.read(columns=[name for name in schema.names if name not in mapped])
        for name in schema.names:
            if name in mapped:
                place = schema.get_field_index(name)
                table = table.add_column(place, name, _map(file, name, path.parent))
    return _with_large_texts(table)


def _with_large_texts(table: pa.Table) -> pa.Table:
    kinds = [
        pa.large_string()
        if pa.types.is_string(column.type) and column.nbytes > MOST_TEXT_BYTES
        else column.type
        for column in table.columns
    ]
    fields = [field.with_type(kind) for field, kind in zip(table.schema, kinds, strict=True)]
    return table if kinds == table.schema.types else table.cast(pa.schema(fields))


def _bytes_of(kind: pa.DataType, rows: int) -> int:
    if not pa.types.is_fixed_size_list(kind):
        return 0
    return int(rows * kind.list_size * kind.value_type.bit_width // 8)


def _map(file: pq.ParquetFile, name: str, folder: Path) -> pa.Array:
    kind = file.schema_arrow.field(name).type
    with tempfile.TemporaryFile(dir=folder) as plain:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=[name]):
            numbers = batch.column(0).flatten().to_numpy(zero_copy_only=False)
            plain.write(np.ascontiguousarray(numbers).data)
        plain.flush()
        numbers = np.memmap(plain, dtype=kind.value_type.to_pandas_dtype(), mode="r")
    return pa.FixedSizeListArray.from_arrays(pa.array(numbers), kind.list_size)
