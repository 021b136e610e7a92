"""Label files: which of the seven criteria somebody found in which prompt.

JSONL or Parquet, one row per prompt and annotator: an id (``prompt_id``, ``conversation_id`` or
``question_id``), optionally ``annotator``, and either ``criteria`` (a list of names) or the seven
names as booleans. A prompt that could not be labelled has nulls, never False.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from benchbuilder.errors import InputError
from benchbuilder.schemas import CRITERIA

ID_COLUMNS = ("prompt_id", "conversation_id", "question_id")
_FORM = (
    f"Parquet or JSONL with an id ({', '.join(ID_COLUMNS)}) and `criteria`, a list of their names, "
    "or a column for each criterion"
)
LABELS = pa.schema(
    [("id", pa.string()), ("annotator", pa.string()), *[(c, pa.bool_()) for c in CRITERIA]]
)


def read_labels(path: Path) -> pa.Table:
    """Labels with the columns ``id, annotator`` and the seven criteria (nullable booleans).

    Raises:
        InputError: no such file, a line that is not JSON, no id, no criteria, an unknown criterion.
    """
    if not path.is_file():
        raise InputError("no such label file", file=path, hint="check the path given to --labels")
    rows = [parse_label(record, path, line) for line, record in _records(path)]
    if not rows:
        raise InputError("the label file is empty", file=path, hint=_FORM)
    return pa.Table.from_pylist(rows, schema=LABELS)


def parse_label(record: dict[str, Any], path: Path, line: int) -> dict[str, Any]:
    """One row as ``LABELS`` has it; raises InputError with file and line."""
    name = next((name for name in ID_COLUMNS if record.get(name) is not None), None)
    if name is None:
        raise InputError("no id", file=path, line=line, hint=_FORM)
    row = {"id": str(record[name]), "annotator": str(record.get("annotator") or "labels")}
    if "criteria" in record:
        return row | _from_list(record["criteria"], path, line)
    missing = [criterion for criterion in CRITERIA if criterion not in record]
    if missing:
        raise InputError(
            f"no labels: neither `criteria` nor the column {missing[0]!r}",
            file=path,
            line=line,
            hint=_FORM,
        )
    return row | {criterion: record[criterion] for criterion in CRITERIA}


def _from_list(criteria: Any, path: Path, line: int) -> dict[str, bool | None]:
    if criteria is None:
        return dict.fromkeys(CRITERIA)
    if not isinstance(criteria, list):
        raise InputError("`criteria` is not a list of names", file=path, line=line, hint=_FORM)
    for name in criteria:
        if name not in CRITERIA:
            near = difflib.get_close_matches(str(name), CRITERIA, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"criteria: {', '.join(CRITERIA)}"
            raise InputError(f"unknown criterion {name!r}", file=path, line=line, hint=hint)
    return {criterion: criterion in criteria for criterion in CRITERIA}


def _records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    if path.suffix == ".parquet":
        try:
            table = pq.read_table(path)
        except pa.ArrowInvalid as error:
            raise InputError(f"not a Parquet file: {error}", file=path, hint=_FORM) from error
        yield from enumerate(table.to_pylist(), start=1)
        return
    with path.open("rb") as file:
        for line, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                record = orjson.loads(text)
            except orjson.JSONDecodeError as error:
                raise InputError(f"not JSON: {error}", file=path, line=line, hint=_FORM) from error
            if not isinstance(record, dict):
                raise InputError("expected a JSON object", file=path, line=line, hint=_FORM)
            yield line, record
