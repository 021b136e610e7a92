"""What ``validate prompts`` prints: how many prompts separate models, the best and the worst."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from benchbuilder.views.tables import percent, shortened, table

Row = dict[str, Any]

SHOWN = 8
#: Below this a prompt hardly separates; the usual line of item analysis.
WEAK = 0.2


def show(console: Console, rows: list[Row]) -> None:
    """Print each baseline's prompts, the most and the least discriminating."""
    for baseline in sorted({row["baseline"] for row in rows}):
        _show_board(console, baseline, [row for row in rows if row["baseline"] == baseline])
    console.print(
        "[dim]Discrimination: correlation over models of the score on this prompt with the win "
        "rate on all others. A diagnostic: dropping weak prompts and reporting on the same "
        "judgments would flatter the benchmark.[/]"
    )


def _show_board(console: Console, baseline: str, rows: list[Row]) -> None:
    known = [row for row in rows if row["discrimination"] is not None]
    values = [row["discrimination"] for row in known]
    counts = {
        f"separate models (discrimination of {WEAK} or more)": sum(v >= WEAK for v in values),
        f"hardly do (0 to {WEAK})": sum(0 <= v < WEAK for v in values),
        "are won by the worse models (below 0)": sum(v < 0 for v in values),
        "have none: all models fare alike, or too few played": len(rows) - len(known),
    }
    shares = [(text, count, percent(count / len(rows))) for text, count in counts.items()]
    title = f"{len(rows)} prompts against {baseline}"
    console.print(table(title, ("", "prompts", "share"), shares))
    least = known[SHOWN:][-SHOWN:]
    for name, part in (("Most", known[:SHOWN]), ("Least", least)):
        if part:
            columns = ("prompt", "discrimination", "mean score", "spread", "models")
            console.print(table(f"{name} discriminating", columns, map(_cells, part)))


def _cells(row: Row) -> tuple[Any, ...]:
    numbers = ("discrimination", "mean_score", "spread", "models")
    return (shortened(row["question_id"], 34), *[row[name] for name in numbers])
