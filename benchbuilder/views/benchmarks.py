"""Several benchmarks on a terminal: measures down, benchmarks across, a few at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.markup import escape

from benchbuilder.views.tables import percent, shortened, table

Document = dict[str, Any]

#: Benchmarks that fit beside each other on 80 columns.
AT_ONCE = 4


def _of_agreement(key: str, name: str) -> Callable[[Document], str]:
    return lambda found: percent(found[key] and found[key][name], 2)


def _value(key: str) -> Callable[[Document], str]:
    return lambda found: _four(found[key] and found[key]["value"])


def _limits(key: str) -> Callable[[Document], str]:
    def text(found: Document) -> str:
        value = found[key]
        if value is None or value["value"] is None:
            return "–"
        return f"{value['lower']:.2f} – {value['upper']:.2f}"

    return text


def _four(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _questions(found: Document) -> str:
    return "–" if found["questions"] is None else f"{found['questions']:,}"


def _cost(found: Document) -> str:
    return "–" if found["cost_usd"] is None else f"${found['cost_usd']:,.2f}"


MEASURES: dict[str, Callable[[Document], str]] = {
    "separability": lambda found: percent(found["separability"]["share"], 2),
    "agreement": _of_agreement("agreement", "human_separable"),
    "  over all pairs": _of_agreement("agreement", "all_pairs"),
    "  half credit": _of_agreement("agreement", "half_credit"),
    "  authors' recorded": _of_agreement("agreement_recorded", "half_credit"),
    "Spearman": _value("spearman"),
    "  interval": _limits("spearman"),
    "Kendall tau-b": _value("kendall"),
    "  its interval": _limits("kendall"),
    "Brier score": lambda found: _four(found["brier"]),
    "prompts": _questions,
    "cost of judging": _cost,
}
_WITHOUT_HUMAN = ("separability", "prompts", "cost of judging")


def show(console: Console, document: Document) -> None:
    """Print the table of the paper, what it rests on, and what was left out."""
    human, models = document["human"], document["models"]
    found = document["benchmarks"]
    beside = f" and the {human['name']}" if human else ""
    console.print(
        f"{len(found)} benchmarks{escape(beside)} on the {len(models)} models that all of them "
        "have.\n"
    )
    shown = [name for name in MEASURES if human or name in _WITHOUT_HUMAN]
    for start in range(0, len(found), AT_ONCE):
        part = found[start : start + AT_ONCE]
        rows = [(name, *[MEASURES[name](one) for one in part]) for name in shown]
        columns = ("", *[shortened(one["name"], 12) for one in part])
        console.print(table("Benchmarks side by side", columns, rows))
    for name, left_out in document["not_compared"].items():
        if left_out:
            console.print(f"  not compared, {escape(name)}: {len(left_out)} models (all: --json)")
    _fine_print(console, document)


def _fine_print(console: Console, document: Document) -> None:
    settings = document["settings"]
    if document["human"]:
        console.print(
            f"[dim]Agreement: over the pairs that the ranking separates; {settings['agreement']}. "
            f"Half credit by the {settings['agreement_recorded']}: only to compare with published "
            f"figures. Intervals: {100 * settings['confidence']:g} % over models, "
            f"{settings['rounds']:,} rounds, seed {settings['seed']}. Brier: less is better. "
            "Baselines take part, as in published tables.[/]"
        )
    else:
        console.print("[dim]With --human: agreement, correlations and Brier score as well.[/]")
