"""What ``validate judge`` prints: each judge against itself, against others, against people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape

from benchbuilder.views.judge_health import verdict
from benchbuilder.views.tables import percent, shortened, table

Document = dict[str, Any]
_WIDTH = 30


def show(console: Console, document: Document) -> None:
    """Print everything that was measured, and why the rest was not."""
    judges = document["judges"]
    console.print(_consistency(judges))
    human = [(judge["judge"], judge["humans"]) for judge in judges if judge["humans"]]
    if human:
        rows = [_agreement_row(shortened(name, _WIDTH), found) for name, found in human]
        console.print(table("Agreement with people, question by question", _COLUMNS, rows))
    shared = [pair for pair in document["between_judges"] if pair["pairs"]]
    if shared:
        rows = [
            _agreement_row(" / ".join(shortened(name, 14) for name in pair["judges"]), pair)
            for pair in shared
        ]
        console.print(table("Agreement between judges", _COLUMNS, rows))
        alpha = document["alpha"]
        if alpha["value"] is not None:
            console.print(
                f"Krippendorff's α over {alpha['games']:,} games: {alpha['value']:.2f} "
                f"({verdict('alpha', alpha['value'])})\n"
            )
    for sentence in _sentences(judges):
        console.print(escape(sentence), soft_wrap=True)


_COLUMNS = ("", "pairs", "same", "kappa", "decided", "same winner", "interval")


def _consistency(judges: list[Document]) -> Any:
    rows = [
        (
            shortened(judge["judge"], _WIDTH),
            judge["games"],
            percent(judge["swap"]["same_winner"]),
            percent(judge["swap"]["opposite_winner"]),
            _points(judge["swap"]["position_bias"]),
            percent(judge["tie_fraction"]),
            percent(judge["length"]["longer_wins"]) if judge["length"] else "–",
        )
        for judge in judges
    ]
    columns = ("judge", "games", "same winner", "flips", "first side", "ties", "longer wins")
    return table("Sides swapped, ties and length", columns, rows)


def _agreement_row(name: str, found: Document) -> tuple[Any, ...]:
    limits = "–"
    if found["lower"] is not None:
        limits = f"{100 * found['lower']:.1f} – {100 * found['upper']:.1f}"
    return (
        name,
        found["pairs"],
        percent(found["same"]),
        found["kappa"],
        found["decided"],
        percent(found["same_winner"]),
        limits,
    )


def _sentences(judges: list[Document]) -> Iterator[str]:
    """Self-preference, judge by judge."""
    for judge in judges:
        found = judge["self_preference"]
        name = judge["judge"]
        if found["preference"] is None:
            yield f"{name}: no measure of self-preference: {found['reason']}."
            continue
        points, error = 100 * found["preference"], 100 * found["standard_error"]
        yield (
            f"{name} rates models of its own family ({found['family']}) {points:+.1f} points "
            f"(standard error {error:.1f}) beyond what it adds to all others, held against "
            f"{found['against']} on {found['questions']} questions."
        )


def _points(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:+.1f}"
