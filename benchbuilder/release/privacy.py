"""The second privacy pass: what a release would hand out, searched again, with every place.

The first pass stands in ``ingest`` and replaces what it finds. This one changes nothing: what it
finds came in behind the first (a setting that keeps private texts, a model that made some up, a
rule that is newer than the run) and wants a person's look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pyarrow as pa

from benchbuilder.text.privacy import find_private


class Place(NamedTuple):
    """Where a private text stands: file, row, field, and the span of characters; never itself."""

    file: str
    row: str
    field: str
    start: int
    end: int
    kind: str

    def __str__(self) -> str:
        return f"{self.file}: {self.row}: {self.field}[{self.start}:{self.end}]: {self.kind}"


def private_in_table(table: pa.Table, file: str, key: str) -> Iterator[Place]:
    """Private texts in the text columns of a table, lists included; rows are named by ``key``."""
    columns = [
        field.name for field in table.schema if _holds_text(field.type) and field.name != key
    ]
    for row in table.select([key, *columns]).to_pylist():
        for column in columns:
            yield from _private_in(row[column], file, str(row[key]), column)


def private_in_completions(path: Path) -> Iterator[Place]:
    """Private texts in what models were asked and said; rows are named by line."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                call: Any = orjson.loads(line)
            except ValueError:
                continue  # that the line is broken is said where calls are read
            if isinstance(call, Mapping):
                spoken = {k: v for k, v in call.items() if k != "key"}
                yield from _private_in(spoken, path.name, f"line {number}", "")


def private_in_texts(paths: Iterable[Path], folder: Path) -> Iterator[Place]:
    """Private texts in small text files, line by line."""
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            name = path.relative_to(folder).as_posix()
            yield from _private_in(line, name, f"line {number}", "text")


def _private_in(value: Any, file: str, row: str, field: str) -> Iterator[Place]:
    if isinstance(value, str):
        for span in find_private(value):
            yield Place(file, row, field, *span)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _private_in(part, file, row, f"{field}.{name}" if field else str(name))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _private_in(part, file, row, f"{field}[{place}]")


def _holds_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or (pa.types.is_list(kind) and pa.types.is_string(kind.value_type))
    )
