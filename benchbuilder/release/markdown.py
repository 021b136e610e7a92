"""Tables of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(heads: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A table; a value that does not exist is an empty cell. Texts must be ``cell``s."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join('' if c is None else str(c) for c in r)} |" for r in lines)


def cell(text: str) -> str:
    """A text that fits a cell: on one line, with its bars shown as they are."""
    return " ".join(text.split()).replace("|", "\\|")
