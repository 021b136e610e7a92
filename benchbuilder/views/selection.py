"""What ``validate selection`` prints: gains and losses alike, each beside its interval."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape

from benchbuilder.views.tables import table

Document = dict[str, Any]

TITLES = {
    "random": "Against random subsets of the pool",
    "length_matched": "Against subsets of the pool as long as the selection",
    "unselected": "Against random subsets of what was left behind",
    "easiest": "Against the lowest scores",
}
MEASURES = {
    "separability": "separated, disjoint",
    "separability_paired": "separated, paired",
    "interval_width": "interval width",
    "agreement": "agreement",
    "spearman": "Spearman",
    "kendall": "Kendall",
}


def show(console: Console, document: Document) -> None:
    """Print one board: the sets, a table per kind of subset, and what could not be had."""
    percent = f"{100 * document['confidence']:g} %"
    console.print(
        f"[bold]{escape(document['judge'])}[/], {document['models']} models against "
        f"{escape(document['baseline'])}: {document['selected']} selected of "
        f"{document['pool']} judged prompts, beside {document['draws']} subsets of each kind.\n"
    )
    for kind, title in TITLES.items():
        rows = [_row(c) for c in document["comparisons"] if c["kind"] == kind]
        if rows:
            columns = ("", "selection", "subsets", "gap", "from", "to", "ahead", "")
            console.print(table(f"{title}{_sets(document, kind)}", columns, rows))
    for name, why in document["left_out"].items():
        console.print(f"  left out: {MEASURES.get(name, TITLES.get(name, name))}: {escape(why)}")
    console.print(
        "[dim]Separated: share of model pairs. Agreement, Spearman, Kendall: with the ranking that "
        "was given. Ahead: share of the subsets that the selection beats. From, to: "
        f"{percent} interval of the gap; it resamples subsets, prompts and, for the two "
        "correlations, models. Without gain or loss it holds 0.[/]\n"
    )


def _row(comparison: Document) -> tuple[str, ...]:
    return (
        MEASURES[comparison["measure"]],
        f"{comparison['selection']:.3f}",
        f"{comparison['mean']:.3f}",
        f"{comparison['difference']:+.3f}",
        f"{comparison['lower']:+.3f}",
        f"{comparison['upper']:+.3f}",
        f"{100 * comparison['ahead']:.0f}%",
        comparison["verdict"].replace("undecided", "–"),
    )


def _sets(document: Document, kind: str) -> str:
    """How alike the two sides are: shared prompts and mean lengths."""
    shared, lengths = document["overlap"].get(kind), document["mean_length"]
    parts = [] if not shared else [f"{100 * shared:.0f}% of their prompts are selected"]
    if kind in lengths:
        parts.append(
            f"mean length {lengths[kind]:,.0f}, of the selection {lengths['selection']:,.0f}"
        )
    return f" ({'; '.join(parts)})" if parts else ""
