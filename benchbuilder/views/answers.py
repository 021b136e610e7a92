"""What ``answer`` and ``import`` print: who answered how much, what came in, what next."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.markup import escape

from benchbuilder.artifacts import RunFolder
from benchbuilder.runner import StageResult
from benchbuilder.schemas import ANSWERS
from benchbuilder.views.fitted import Fitted
from benchbuilder.views.tables import table

Row = dict[str, Any]


def model_rows(answers: pa.Table) -> list[Row]:
    """One row a model: answers, statuses, how many failed, mean tokens, cost (null: not known)."""
    by_model: dict[str, list[Row]] = {}
    columns = ["model", "status", "tokens", "cost_usd", "origin"]
    for row in answers.select(columns).to_pylist():
        by_model.setdefault(row["model"], []).append(row)
    return [_model_row(model, rows) for model, rows in sorted(by_model.items())]


def _model_row(model: str, rows: list[Row]) -> Row:
    statuses = Counter(row["status"] for row in rows)
    tokens = [row["tokens"] for row in rows if row["tokens"] is not None]
    costs = [row["cost_usd"] for row in rows if row["cost_usd"] is not None]
    return {
        "model": model,
        "origin": rows[0]["origin"],
        "answers": len(rows),
        "failed": sum(n for status, n in statuses.items() if status not in ANSWERS.final),
        "statuses": dict(sorted(statuses.items())),
        "mean_tokens": sum(tokens) / len(tokens) if tokens else None,
        "cost_usd": sum(costs) if costs else None,
    }


def show(console: Console, rows: list[Row], folder: RunFolder) -> None:
    """Print the models and the next command."""
    cells = [
        (
            row["model"],
            row["origin"],
            row["answers"],
            row["failed"],
            ", ".join(f"{n} {s.replace('_', ' ')}" for s, n in row["statuses"].items()),
            None if row["mean_tokens"] is None else round(row["mean_tokens"]),
            None if row["cost_usd"] is None else f"${row['cost_usd']:.4f}",
        )
        for row in rows
    ]
    columns = ("model", "from", "answers", "failed", "outcomes", "tokens", "cost")
    optional = ("from", "tokens", "outcomes", "cost")
    console.print(Fitted("Answers", columns, cells, "model", optional, left=2))
    run = escape(str(folder.path))
    command = f"benchbuilder judge --baseline MODEL --judge NAME --run {run}"
    console.print(f"[bold]What next[/]\n  {command}", soft_wrap=True)


def import_document(result: StageResult, folder: RunFolder) -> Row:
    """The JSON of ``import --json``."""
    judgments = folder.entry("judgments") if "judgments" in result.rows else None
    return {
        "run": str(folder.path),
        "rows": result.rows,
        "statuses": judgments["statuses"] if judgments else {},
        "notes": list(result.notes),
    }


def show_import(console: Console, result: StageResult, folder: RunFolder) -> None:
    """Print what came in and the next command."""
    console.print(table("Imported", ("artifact", "rows"), sorted(result.rows.items())))
    run = escape(str(folder.path))
    if "judgments" in result.rows:
        command = f"benchbuilder report {run}"
    elif "answers" in result.rows:
        command = f"benchbuilder judge --baseline MODEL --judge NAME --run {run}"
    else:
        command = f"benchbuilder answer --model NAME --run {run}"
    console.print(f"[bold]What next[/]\n  {command}", soft_wrap=True)
