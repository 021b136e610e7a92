"""What ``judge`` prints: coverage per model, what does not fit, how the games ended."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape

from benchbuilder.artifacts import RunFolder
from benchbuilder.judging.coverage import AnswerAudit
from benchbuilder.runner import RunResult
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
            shortened(found.model, 30),
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
    console.print(table("Answers", columns, rows))
    if audit.findings:
        shown = [
            (shortened(f.model, 26), shortened(f.question_id, 34), f.problem)
            for f in audit.findings[:FINDINGS_SHOWN]
        ]
        title = f"{len(shown)} of {len(audit.findings)} answers that do not fit (all: --json)"
        console.print(table(title, ("model", "question", "problem"), shown, left=3))
    judged = result.stage("judge")
    total = sum(judged.statuses.values())
    outcomes = [
        (status.replace("_", " "), count, percent(count / max(total, 1)))
        for status, count in judged.statuses.items()
    ]
    console.print(table(f"Games ({total:,})", ("outcome", "games", "share"), outcomes))
    run = escape(str(folder.path))
    console.print(f"[bold]What next[/]\n  benchbuilder report {run}", soft_wrap=True)
