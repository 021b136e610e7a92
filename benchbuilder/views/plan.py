"""What ``plan-size`` prints: one row per size, and the size that meets the aims."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape

from benchbuilder.views.tables import percent, table

Document = dict[str, Any]


def show(console: Console, document: Document) -> None:
    """Print one plan."""
    console.print(
        f"A pilot of {document['pilot_prompts']} prompts and {document['models']} models against "
        f"{escape(document['baseline'])} lets one expect, for new prompts of its kind:\n"
    )
    rows = [_row(row) for row in document["plan"]]
    columns = ("prompts", "width", "widest", "disjoint", "paired", "calls", "tokens", "cost")
    console.print(table("How many prompts?", columns, rows))
    console.print(_needed(document))
    console.print(
        f"[dim]width: of a {100 * document['confidence']:g} % interval, in points, mean over the "
        "models; disjoint, paired: share of model pairs that will be separated by either rule; "
        "calls, tokens, cost: of judging all of these models anew.[/]\n"
    )


def _row(row: Document) -> tuple[Any, ...]:
    tokens, dollars = row["tokens"], row["judging_usd"]
    return (
        f"{row['prompts']:,}",
        f"{100 * row['interval_width']:.1f}",
        f"{100 * row['widest']:.1f}",
        percent(row["separability"]),
        percent(row["separability_paired"]),
        row["calls"],
        None if tokens is None else f"{tokens / 1e6:,.2f} M",
        None if dollars is None else f"${dollars:,.2f}",
    )


def _needed(document: Document) -> str:
    aims, needed = document["aims"], document["needed"]
    wanted = [
        text
        for value, text in (
            (
                aims["interval_width"],
                f"a mean width of {100 * (aims['interval_width'] or 0):g} points",
            ),
            (aims["separability_paired"], f"{percent(aims['separability_paired'])} paired"),
        )
        if value is not None
    ]
    if not wanted:
        return "With --width or --separability: the fewest prompts that meet them."
    asked = " and ".join(wanted)
    if needed is None:
        return f"For {asked} no million prompts would do: these models are too alike."
    dollars = needed["judging_usd"]
    cost = "" if dollars is None else f", ${dollars:,.2f}"
    return f"For {asked}: {needed['prompts']:,} prompts, {needed['calls']:,} calls{cost}."
