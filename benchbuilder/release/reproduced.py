"""Do the settings of a release give its selection from its records?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from benchbuilder.errors import BenchBuilderError
from benchbuilder.release import layout

Reselect = Callable[[Path, Mapping[str, pa.Table]], dict[str, pa.Table] | str]
"""The selection that a release's settings give from its tables, or why that cannot be told."""

#: Every release has these tables.
NEEDED = frozenset(layout.TABLES) - {"embeddings"}
#: A question of another benchmark goes into a release as a veto.
_SAME_REASON = {"contaminated": "veto"}
_ROWS_NAMED = 5


class Finding(NamedTuple):
    """What is wrong: the check that saw it, the file or row, and a sentence."""

    check: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.check}: {self.place}: {self.message}"


def check_selection(
    folder: Path,
    tables: Mapping[str, pa.Table],
    reselect: Reselect,
    skipped: dict[str, str],
) -> Iterator[Finding]:
    """Whether the settings of a release choose its questions from its records again.

    ``skipped`` gets the check's reason where it cannot run.
    """
    if not set(tables) >= NEEDED:
        skipped["selection"] = f"{', '.join(sorted(NEEDED - set(tables)))} cannot be read"
        return
    try:
        again = reselect(folder, tables)
    except BenchBuilderError as error:
        yield Finding("selection", layout.CONFIG, str(error))
        return
    if isinstance(again, str):
        skipped["selection"] = again
        return
    for name, key in (("selection", "prompt_id"), ("topic_scores", "topic_id")):
        yield from _differences(name, key, tables[name], again[name])
    ids = set(tables["questions"]["question_id"].to_pylist())
    chosen = set(again["questions"]["question_id"].to_pylist())
    for question_id in sorted(ids ^ chosen)[:_ROWS_NAMED]:
        place = f"questions.parquet: {question_id}"
        told = "is chosen by the settings and not there" if question_id in chosen else None
        yield Finding("selection", place, told or "is there and not chosen by the settings")


def _differences(name: str, key: str, stated: pa.Table, again: pa.Table) -> Iterator[Finding]:
    ours = {row[key]: _comparable(row) for row in again.to_pylist()}
    theirs = {row[key]: _comparable(row) for row in stated.to_pylist()}
    wrong = sorted(k for k in {*ours, *theirs} if ours.get(k) != theirs.get(k))
    if wrong:
        first, place = wrong[0], layout.table_path(name)
        yield Finding(
            "selection",
            place,
            f"config.yaml gives another result for {len(wrong)} rows; the first: {key} {first} is "
            f"{_told(theirs.get(first))}, and would be {_told(ours.get(first))}",
        )


def _comparable(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without its remark, with floats as far as summation is exact."""
    kept = {name: value for name, value in row.items() if name != "detail"}
    kept["reason"] = _SAME_REASON.get(kept["reason"], kept["reason"])
    return {k: round(v, 6) if isinstance(v, float) else v for k, v in kept.items()}


def _told(row: Mapping[str, Any] | None) -> str:
    return "absent" if row is None else repr(row["reason"])
