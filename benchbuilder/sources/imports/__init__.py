"""Questions, answers and judgments that other tools wrote.

Unlike our own files these are forgiven much: a verdict that cannot be read is a null with its
reason, a game that is not there is a row that says so, and notes tell how many there were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from benchbuilder.errors import InputError
from benchbuilder.sources.imports.alpaca_eval import import_alpaca_eval
from benchbuilder.sources.imports.arena_hard import import_arena_hard
from benchbuilder.sources.imports.imported import Imported
from benchbuilder.sources.imports.tidy import import_tidy

__all__ = ["FORMATS", "Imported", "import_benchmark"]

FORMATS: dict[str, Callable[[Sequence[Path], str | None], Imported]] = {
    "alpaca-eval": import_alpaca_eval,
    "arena-hard": import_arena_hard,
    "tidy": import_tidy,
}


def import_benchmark(
    format_name: str, paths: Sequence[Path], *, baseline: str | None = None
) -> Imported:
    """The tables that are in the files of a named format.

    ``baseline`` names the baseline where the files do not (Arena-Hard 0.1).

    Raises:
        InputError: no such format, a row that cannot be read at all, or no baseline.
    """
    if format_name not in FORMATS:
        raise InputError(
            f"no format {format_name!r} to import", hint=f"formats: {', '.join(FORMATS)}"
        )
    return FORMATS[format_name](paths, baseline)
