"""Rows of a file that must be right: the first one that is not stops the reading.

A dump forgives bad rows and counts them; questions, answers and judgments do not, since a row lost
in silence changes a leaderboard.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchbuilder.errors import InputError
from benchbuilder.sources.fields import parse_id, parse_name
from benchbuilder.sources.paths import expand
from benchbuilder.sources.records import Broken, read_records

_OF_ARENA_HARD = {"questions": ("question.jsonl",), "answers": ("model_answer",)}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row and where it stood; ``line`` counts from 1."""

    file: Path
    line: int
    fields: Mapping[str, Any]

    def first(self, *names: str) -> Any:
        """The first of these fields that is there and not null."""
        for name in names:
            value = self.fields.get(name)
            if value is not None:
                return value
        return None

    def id_of(self, *names: str) -> str:
        """An id from the first of these fields that is there.

        Raises:
            InputError: none of them is there, or it is no id.
        """
        found = parse_id(self.first(*names))
        if found is None:
            raise self.wrong(f"expected an id in {' or '.join(names)}, found {self.seen()}")
        return found

    def name_of(self, *names: str) -> str | None:
        """A name (of a model, a category) or None."""
        return parse_name(self.first(*names))

    def text_of(self, *names: str) -> str | None:
        """A text, safe to store: half of a broken surrogate pair becomes a replacement sign."""
        found = self.first(*names)
        if found is not None and not isinstance(found, str):
            raise self.wrong(f"expected text in {' or '.join(names)}, found {found!r:.60}")
        return storable(found)

    def count_of(self, *names: str) -> int | None:
        """A whole number or None (Parquet and JSON often hold it as a float)."""
        found = self.real_of(*names)
        return int(found) if found is not None and found.is_integer() else None

    def real_of(self, *names: str) -> float | None:
        """A finite number, also as the text that a CSV cell is; else None."""
        found = self.first(*names)
        if isinstance(found, bool) or not isinstance(found, int | float | str):
            return None
        try:
            value = float(found)
        except ValueError:
            return None
        return value if math.isfinite(value) else None

    def seen(self) -> str:
        return "the fields " + ", ".join(map(str, self.fields)) if self.fields else "nothing"

    def wrong(self, message: str, *, hint: str | None = None) -> InputError:
        """An error that leads to this row."""
        return InputError(message, file=self.file, line=self.line, hint=hint)


def read_rows(paths: Iterable[Path], artifact: str) -> Iterator[SourceRow]:
    """The rows of files; a folder stands for its ``ARTIFACT.parquet`` or ``.jsonl``.

    In Arena-Hard's folders that is ``question.jsonl`` and ``model_answer``; without any of these, a
    folder stands for all files in it.

    Raises:
        InputError: a file is missing, empty or holds a row that cannot be read.
    """
    for path in expand([_stored(Path(path), artifact) for path in paths]):
        for number, content in read_records(path):
            if isinstance(content, Broken):
                raise InputError(content.detail, file=path, line=number)
            yield SourceRow(path, number, content)


def _stored(path: Path, artifact: str) -> Path:
    names = (f"{artifact}.parquet", f"{artifact}.jsonl", *_OF_ARENA_HARD.get(artifact, ()))
    return next((path / name for name in names if (path / name).exists()), path)


def storable(text: str | None) -> str | None:
    """The text with lone surrogates, which no Parquet file can hold, replaced."""
    return None if text is None else text.encode("utf-8", "replace").decode()
