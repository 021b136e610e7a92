"""Questions, answers and judgments of other tools as the artifacts of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchbuilder.digests import file_digest
from benchbuilder.errors import InputError
from benchbuilder.observe import Observer
from benchbuilder.schemas import ANSWERS
from benchbuilder.settings import Settings
from benchbuilder.sources.answer_sets import IMPORT, beside
from benchbuilder.sources.imports import Imported
from benchbuilder.sources.paths import expand
from benchbuilder.stage import Context, Stage

#: What an import can bring.
ARTIFACTS = ("questions", "answers", "judgments")


def importing(
    context: Context,
    imported: Imported,
    *,
    format_name: str,
    paths: Sequence[Path],
    baseline: str | None,
) -> Stage:
    """The tables of an import as artifacts.

    Raises:
        InputError: the run folder holds such artifacts from elsewhere.
    """
    tables = {name: table for name in ARTIFACTS if (table := getattr(imported, name)) is not None}
    for name in tables:
        entry = context.folder.entry(name)
        if entry is not None and entry["stage"] != "import":
            raise InputError(
                f"{context.folder.path} holds {name} that were not imported",
                hint="import into another folder: --run DIR",
            )
    files = [file_digest(path) for path in expand(paths)]
    identity: dict[str, Any] = {"format": format_name, "baseline": baseline, "files": files}
    return Stage(
        "import", _imported, (), tuple(tables), 1, context,
        given=lambda c, observe: {
            "tables": tables, "notes": (*imported.notes, *_told_replaced(c, tables))
        },
        identify=lambda c: identity,
    )  # fmt: skip


def _told_replaced(context: Context, tables: Mapping[str, pa.Table]) -> list[str]:
    """An import stands for itself: which models of an earlier one it takes the place of."""
    notes = []
    for name in ("answers", "judgments"):
        if name in tables and context.folder.file(name).is_file():
            there = set(context.folder.read(name)["model"].to_pylist())
            gone = sorted(there - set(tables[name]["model"].to_pylist()))
            if gone:
                notes.append(
                    f"the {name} imported before are replaced, those of {', '.join(gone)} with "
                    "them: name all files in one command to have them together"
                )
    return notes


def _imported(
    *, tables: dict[str, pa.Table], notes: Sequence[str], settings: Settings, observe: Observer
) -> dict[str, pa.Table]:
    del settings
    for note in notes:
        observe.note(note)
    if "answers" in tables:
        nothing = ANSWERS.schema.empty_table()
        tables = tables | {"answers": beside(nothing, tables["answers"], IMPORT)}
    return tables
