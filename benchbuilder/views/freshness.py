"""What ``curate --since`` prints: what is new, what grows, what has had its day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from benchbuilder.release.freshness_text import times, told
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
            heads = ("topic", "prompts", "share", "times the share before", "questions")
            cells = [
                (shortened(row["topic"], 30), row["prompts"], percent(row["share"]), times(row),
                 row["questions"])
                for row in rows[:_SHOWN]
            ]  # fmt: skip
            console.print(table(title, heads, cells))
    saturated = document["saturated"]
    if saturated is None:
        console.print("--judged RUN tells which earlier questions no longer separate models")
    else:
        console.print(f"{len(saturated)} earlier questions no longer separate the judged models")
