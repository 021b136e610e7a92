"""The one form of a table that a digest is taken of.

One row a line, sorted by key; names sorted; values that do not exist left out, so that a column
which a later version adds changes no digest; floats rounded to six decimals, so that the last bits,
which differ between processors, do not show.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from benchbuilder.schemas import Artifact

DECIMALS = 6


def canonical_lines(table: pa.Table, artifact: Artifact) -> Iterator[bytes]:
    """The rows of a table as JSON, each with its line end.

    >>> from benchbuilder.schemas import TOPIC_SCORES
    >>> row = {"topic_id": 3, "mean_score": 1 / 3, "reason": "picked"}
    >>> list(canonical_lines(pa.Table.from_pylist([row]), TOPIC_SCORES))
    [b'{"mean_score":0.333333,"reason":"picked","topic_id":3}\\n']
    """
    keys = [(name, "ascending") for name in artifact.key]
    for batch in table.sort_by(keys).to_batches(max_chunksize=8192):
        for row in batch.to_pylist():
            yield orjson.dumps(_plain(row), option=orjson.OPT_SORT_KEYS) + b"\n"


def canonical_digest(table: pa.Table, artifact: Artifact) -> str:
    """SHA-256 of the canonical lines, in hexadecimal."""
    return lines_digest(canonical_lines(table, artifact))


def lines_digest(lines: Iterable[bytes]) -> str:
    """SHA-256 of lines, in hexadecimal."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    return digest.hexdigest()


def write_canonical(table: pa.Table, artifact: Artifact, path: Path) -> None:
    """Write the canonical lines to a file; its SHA-256 is the table's canonical digest."""
    with path.open("wb") as file:
        file.writelines(canonical_lines(table, artifact))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        plain = {name: _plain(part) for name, part in value.items()}
        return {name: part for name, part in plain.items() if part is not None}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        # Adding 0.0 turns -0.0 into 0.0.
        return round(value, DECIMALS) + 0.0 if math.isfinite(value) else None
    return value
