"""A table that fits the terminal: it leaves columns out before it makes a number unreadable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from benchbuilder.views.tables import grid, shown

#: A name is not cut below this many characters while there is a column to leave out.
NAME_WIDTH = 15
_SHORTEST_NAME = 8


@dataclass(frozen=True)
class Fitted:
    """A plain table under its title; as many columns as fit, names cut in the middle.

    ``name``: the column that may be cut. ``optional``: columns that may be left out, the first one
    first. The first ``left`` columns are text, the others numbers.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    name: str
    optional: Sequence[str] = ()
    left: int = 1

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self.title, style="bold")
        yield self.table(console, options)

    def table(self, console: Console, options: ConsoleOptions) -> Table:
        """The table for the width that there is."""
        longest = max([len(shown(row[self.columns.index(self.name)])) for row in self.rows] or [0])
        wanted, kept = min(longest, NAME_WIDTH), list(self.columns)
        for column in (None, *self.optional):
            kept = [name for name in kept if name != column]
            room = options.max_width - self._width(kept, wanted, console, options)
            if room >= 0:
                break
        made: Table = self._grid(kept, max(_SHORTEST_NAME, min(longest, wanted + room)))
        return made

    def _width(
        self, kept: Sequence[str], name_width: int, console: Console, options: ConsoleOptions
    ) -> int:
        wide = options.update(max_width=1000)
        return Measurement.get(console, wide, self._grid(kept, name_width)).maximum

    def _grid(self, kept: Sequence[str], name_width: int) -> Table:
        places = [place for place, column in enumerate(self.columns) if column in kept]
        name = self.columns.index(self.name)
        cells = [
            [middle_cut(shown(row[i]), name_width) if i == name else row[i] for i in places]
            for row in self.rows
        ]
        return grid(kept, cells, left=sum(place < self.left for place in places))


def middle_cut(text: str, width: int) -> str:
    """Both ends of a text on one line: names of models often differ in their last letters.

    ``middle_cut("claude-3-5-sonnet-20241022", 16)`` gives ``"claude-3-5…41022"``.
    """
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    tail = (width - 1) // 3
    return f"{line[: width - 1 - tail]}…{line[len(line) - tail :]}"
