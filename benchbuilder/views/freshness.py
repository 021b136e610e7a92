"""What ``curate --since`` prints: what is new, what grows, what has had its day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from benchbuilder.release.freshness_text import times, told, use
from benchbuilder.views.tables import percent, shortened, table

_SHOWN = 8


def show(console: Console, document: Mapping[str, Any]) -> None:
    """Print a document of ``release.freshness``."""
    since = document["since"]
    console.print(f"Since {since['name']} {since['version']}", style="bold", markup=False)
    console.print(told(document), markup=False)
    for kind, title in (("new", "New topics"), ("growing", "Growing topics")):
        rows = document["topics"][kind]
        if rows:
            heads = ["topic", "prompts", "share", "questions"]
            cells = [
                [shortened(row["topic"], 30), row["prompts"], percent(row["share"]),
                 row["questions"]]
                for row in rows[:_SHOWN]
            ]  # fmt: skip
            if kind == "growing":
                heads.append("times the share before")
                for row, line in zip(rows, cells, strict=False):
                    line.append(times(row))
            console.print(table(title, heads, cells))
    console.print(use(document), markup=False)
