"""Rows set aside until the end of a stream, packed, on a nameless file instead of in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

import pyarrow as pa


class Scratch:
    """Record batches of one schema: first written one by one, then read as often as needed."""

    def __init__(self, schema: pa.Schema) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this object
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        self._writer = pa.ipc.new_stream(self._file, schema, options=options)

    def write(self, batch: pa.RecordBatch) -> None:
        """Set a batch aside."""
        self._writer.write_batch(batch)

    def read(self) -> Iterator[pa.RecordBatch]:
        """Everything that was written, in order; from now on nothing can be written any more."""
        self._writer.close()
        self._file.seek(0)
        yield from pa.ipc.open_stream(self._file)

    def close(self) -> None:
        """Throw everything away."""
        self._writer.close()
        self._file.close()
