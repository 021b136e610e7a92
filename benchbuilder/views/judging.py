"""What ``judge`` prints: coverage per model, what does not fit, how the games ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.markup import escape

from benchbuilder.artifacts import RunFolder
from benchbuilder.judging.coverage import AnswerAudit
from benchbuilder.runner import RunResult
from benchbuilder.views.fitted import Fitted
from benchbuilder.views.tables import percent, shortened, table

FINDINGS_SHOWN = 12


def document(result: RunResult, audit: AnswerAudit, folder: RunFolder) -> dict[str, Any]:
    """The JSON of ``judge --json``; every finding is listed."""
    judged = next((stage for stage in result.stages if stage.name == "judge"), None)
    return {
        "run": str(folder.path),
        "halted": result.halted,
        "coverage": [{**asdict(found), "coverage": found.coverage} for found in audit.models],
        "findings": [asdict(finding) for finding in audit.findings],
        "statuses": judged.statuses if judged else {},
        "figures": judged.figures if judged else {},
        "notes": [note for stage in result.stages for note in stage.notes],
    }


def show(console: Console, result: RunResult, audit: AnswerAudit, folder: RunFolder) -> None:
    """Print the coverage, the findings, the outcomes and the next command."""
    rows = [
        (
            found.model,
            f"{found.answered} of {found.expected}",
            percent(found.coverage),
            found.missing,
            found.empty + found.failed,
            found.unknown,
            found.repeated,
        )
        for found in audit.models
    ]
    columns = ("model", "answered", "coverage", "missing", "empty", "unknown", "repeated")
    optional = ("repeated", "unknown", "empty", "missing")
    console.print(Fitted("Answers", columns, rows, "model", optional))
    if audit.findings:
        shown = [
            (shortened(f.model, 26), f.question_id, f.problem)
            for f in audit.findings[:FINDINGS_SHOWN]
        ]
        title = f"{len(shown)} of {len(audit.findings)} answers that do not fit (all: --json)"
        console.print(Fitted(title, ("model", "question", "problem"), shown, "question", left=3))
    judged = result.stage("judge")
    total = sum(judged.statuses.values())
    outcomes = [
        (status.replace("_", " "), count, percent(count / max(total, 1)))
        for status, count in judged.statuses.items()
    ]
    console.print(table(f"Games ({total:,})", ("outcome", "games", "share"), outcomes))
    run = escape(str(folder.path))
    console.print(f"[bold]What next[/]\n  benchbuilder report {run}", soft_wrap=True)


def reparse_document(before: pa.Table, after: pa.Table) -> dict[str, Any]:
    """The JSON of ``judge --reparse``: rows that read otherwise than before, by from and to."""
    told = [_told(table) for table in (before, after)]
    changed = Counter((old, new) for old, new in zip(*told, strict=True) if old != new)
    return {
        "judgments": after.num_rows,
        "without_text": after["text"].null_count,
        "changed": sum(changed.values()),
        "changes": [
            {"from": old, "to": new, "games": count}
            for (old, new), count in sorted(changed.items())
        ],
    }


def show_reparsed(console: Console, changes: dict[str, Any], folder: RunFolder) -> None:
    """Print what reads otherwise than before."""
    kept = changes["without_text"]
    console.print(
        f"{changes['changed']:,} of {changes['judgments']:,} judgments read otherwise than before"
        + (f"; {kept:,} have no text and stay as they are." if kept else ".")
    )
    rows = [(row["from"], row["to"], row["games"]) for row in changes["changes"]]
    if rows:
        console.print(table("Changes", ("before", "now", "games"), rows, left=2))
    console.print(
        f"[bold]What next[/]\n  benchbuilder report {escape(str(folder.path))}", soft_wrap=True
    )


def _told(judgments: pa.Table) -> list[str]:
    pairs = zip(judgments["verdict"].to_pylist(), judgments["status"].to_pylist(), strict=True)
    return [verdict or status.replace("_", " ") for verdict, status in pairs]
