"""What ``release export`` reads, and which form it is written in."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from benchbuilder.artifacts import RunFolder
from benchbuilder.judging.arena_hard_rows import V01, V2
from benchbuilder.judging.export import arena_hard_files, write_files
from benchbuilder.release import layout
from benchbuilder.release.card import UNKNOWN
from benchbuilder.release.exports import (
    alpaca_eval_files,
    huggingface_files,
    inspect_files,
    lm_eval_files,
    write_export,
)
from benchbuilder.release.verify import demand_intact

_ARENA_HARD = {"arena-hard": V2, "arena-hard-v0.1": V01}


def write(
    form: str, run: Path | None, release: Path | None, out: Path, baseline: str | None
) -> tuple[dict[str, int], str]:
    """Write an export; the size of each file, and the unit of the sizes.

    Raises:
        InputError: the release is not intact.
        StaleArtifactError: the run has no questions.
    """
    name, licence, card, tables = _read(run, release)
    if form in _ARENA_HARD:
        return write_files(arena_hard_files(**tables, forms=_ARENA_HARD[form]), out), "rows"
    if form == "alpaca-eval":
        files = alpaca_eval_files(tables["questions"], tables.get("answers"), baseline=baseline)
    elif form == "huggingface":
        files = huggingface_files(name, licence, tables, card)
    elif form == "lm-eval":
        files = lm_eval_files(name, tables["questions"])
    else:
        files = inspect_files(name, tables["questions"])
    return write_export(files, out), "bytes"


def _read(
    run: Path | None, release: Path | None
) -> tuple[str, str, str | None, dict[str, pa.Table]]:
    """Name, licence, the text of the card, and the tables."""
    tables: dict[str, pa.Table] = {}
    name, licence, card = "benchmark", UNKNOWN, None
    if release is not None:
        manifest = demand_intact(release)
        name, licence = f"{manifest['name']}-{manifest['version']}", manifest["licence"]
        card = (release / layout.CARD).read_text(encoding="utf-8").split("---\n", 2)[2].lstrip()
        tables["questions"] = layout.read_table(release, "questions")
    if run is not None:
        folder = RunFolder(run)
        name = name if release is not None else run.resolve().name
        for table in ("answers", "judgments"):
            if folder.entry(table):
                tables[table] = folder.read(table)
        if release is None:
            tables["questions"] = folder.read("questions")
    return name, licence, card, tables
