"""The views of ``status``, ``doctor`` and ``--dry-run``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group
from rich.markup import escape

from benchbuilder.doctor import Check
from benchbuilder.planning import Planned
from benchbuilder.views.tables import grid, table, titled

_MARKS = {"ok": "[green]ok", "missing": "[yellow]missing", "problem": "[red]problem"}


def plan_table(planned: Sequence[Planned]) -> Group:
    """What a run would do, and why."""
    rows = [(p.name, "current" if p.current else "runs", "; ".join(p.reasons)) for p in planned]
    return table("Plan", ("stage", "", "why"), rows, left=3)


def artifacts_table(artifacts: dict[str, dict[str, Any]], stale: dict[str, str]) -> Group:
    """Every artifact of the manifest; ``stale`` holds the reason per stage that is not current."""
    rows = [
        (
            name,
            entry["stage"],
            "stale" if entry["stage"] in stale else entry["state"],
            entry["rows"],
            entry["seconds"],
        )
        for name, entry in artifacts.items()
    ]
    return table("Artifacts", ("artifact", "stage", "state", "rows", "seconds"), rows, left=3)


def checks_table(checks: Sequence[Check]) -> Group:
    """The environment, one line a check, with what to do."""
    made = grid(("check", "state", "found"), [], left=3)
    for check in checks:
        found = check.found if not check.advice else f"{check.found}\n→ {check.advice}"
        made.add_row(check.name, _MARKS[check.state], escape(found))
    return titled("Environment", made)
