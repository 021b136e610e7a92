from __future__ import annotations

import pyarrow as pa

from benchbuilder.sources.scratch import Scratch


def test_what_was_written_is_read_as_often_as_needed() -> None:
    schema = pa.schema([("text", pa.string()), ("counts", pa.list_(pa.int32()))])
    batches = [
        pa.RecordBatch.from_pydict({"text": [str(n), None], "counts": [[n], []]}, schema=schema)
        for n in range(5)
    ]
    scratch = Scratch(schema)
    for batch in batches:
        scratch.write(batch)
    assert list(scratch.read()) == batches
    assert list(scratch.read()) == batches
    scratch.close()


def test_nothing_written_is_nothing_read() -> None:
    scratch = Scratch(pa.schema([("text", pa.string())]))
    assert list(scratch.read()) == []
    scratch.close()
