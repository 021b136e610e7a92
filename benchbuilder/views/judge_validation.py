"""What ``validate judge`` prints: each judge against itself, against others, against people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape

from benchbuilder.text.counting import count_of
from benchbuilder.views.fitted import Fitted
from benchbuilder.views.judge_health import verdict
from benchbuilder.views.tables import percent

Document = dict[str, Any]


def show(console: Console, document: Document) -> None:
    """Print everything that was measured, and why the rest was not."""
    judges = document["judges"]
    console.print(_consistency(judges))
    human = [(judge["judge"], judge["humans"]) for judge in judges if judge["humans"]]
    if human:
        rows = [_agreement_row(name, found) for name, found in human]
        console.print(_agreement("Agreement with people, question by question", rows))
    shared = [pair for pair in document["between_judges"] if pair["pairs"]]
    if shared:
        rows = [_agreement_row(" / ".join(pair["judges"]), pair) for pair in shared]
        console.print(_agreement("Agreement between judges", rows))
        alpha = document["alpha"]
        if alpha["value"] is not None:
            console.print(
                f"Krippendorff's α over {count_of(alpha['games'], 'game')}: {alpha['value']:.2f} "
                f"({verdict('alpha', alpha['value'])})\n"
            )
    for sentence in _sentences(judges):
        console.print(escape(sentence), soft_wrap=True)


def _agreement(title: str, rows: list[tuple[Any, ...]]) -> Fitted:
    columns = ("", "pairs", "same", "kappa", "decided", "same winner", "interval")
    return Fitted(title, columns, rows, "", ("decided", "same", "pairs", "kappa"))


def _consistency(judges: list[Document]) -> Fitted:
    rows = [
        (
            judge["judge"],
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
    optional = ("games", "longer wins", "ties", "first side")
    return Fitted("Sides swapped, ties and length", columns, rows, "judge", optional)


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
            f"{found['against']} on {count_of(found['questions'], 'question')}."
        )


def _points(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:+.1f}"
