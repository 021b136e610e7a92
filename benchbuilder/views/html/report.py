"""What a page is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

Board = dict[str, Any]


@dataclass(frozen=True)
class Provenance:
    """How to make the report again: the command, SHA-256 of every input, versions of libraries.

    ``stages``: of a run folder, one row per artifact (artifact, stage, state, rows). ``calls``: of
    a run folder, the rows of ``views.spending``."""

    command: str
    inputs: Mapping[str, str]
    libraries: Mapping[str, str]
    stages: Sequence[Mapping[str, Any]] = ()
    calls: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Curation:
    """How the questions were found, where the run curated them: the waterfall of the dump (steps
    with counts that add up), and the artifacts ``topics``, ``topic_scores`` and ``selection``."""

    waterfall: Sequence[Mapping[str, Any]]
    topics: pa.Table
    topic_scores: pa.Table
    selection: pa.Table


@dataclass(frozen=True)
class Report:
    """``boards``: the JSON values of the report stage; ``tables``: its artifacts ``leaderboard``,
    ``pairs`` and ``breakdown``; ``browser``: where the browser of judgments lies, relative to the
    page."""

    boards: Sequence[Board]
    tables: Mapping[str, pa.Table]
    notes: Sequence[str]
    provenance: Provenance
    questions: pa.Table | None = None
    curation: Curation | None = None
    browser: str | None = None


def rows_of(table: pa.Table, board: Board) -> list[dict[str, Any]]:
    """The rows of a table that belong to one board."""
    rows: list[dict[str, Any]] = table.to_pylist()
    whose = (board["baseline"], board["category"])
    return [row for row in rows if (row["baseline"], row["category"]) == whose]
