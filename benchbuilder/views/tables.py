"""Small pieces that every terminal view uses: plain tables, shares, shortened texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, left: int = 1
) -> Group:
    """A plain table under its title; the first ``left`` columns are text, the others numbers."""
    return titled(title, grid(columns, rows, left=left))


def titled(title: str, made: Table) -> Group:
    """A table under a title that may be wider than it."""
    return Group(Text(title, style="bold"), made)


def grid(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, left: int = 1) -> Table:
    """A table without a title."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim")
    for place, name in enumerate(columns):
        made.add_column(name, justify="left" if place < left else "right")
    for row in rows:
        made.add_row(*[escape(shown(cell)) for cell in row])
    return made


def shown(value: Any) -> str:
    """A cell: thousands with commas, fractions with two decimals, null as a dash."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.2f}"
    return str(value)


def percent(share: float | None, digits: int = 1) -> str:
    """A fraction of 1 as a percentage, null as a dash."""
    return "–" if share is None else f"{100 * share:.{digits}f}%"


def shortened(text: str, width: int) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1].rstrip() + "…"
