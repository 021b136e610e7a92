"""Recorded completions as JSONL: to review, to compare by diff, to ship with a release.

One call a line, sorted by key, with the question in full, and without the stage that it was made
for: another run may make it for another one. Importing checks that each key is the
digest of its question, so a line that was edited by hand is not taken for an answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from benchbuilder.errors import InputError
from benchbuilder.llm.cache import Call, CompletionCache
from benchbuilder.schemas import FINAL_STATUSES

_SORTED = orjson.OPT_SORT_KEYS
_OWN = ("final", "stage")  # what a line leaves out


def export_completions(
    cache: CompletionCache, path: Path, *, wanted: Callable[[Call], bool] = lambda call: True
) -> int:
    """Write the wanted calls of a cache; the same calls give the same bytes.

    The answer counts them.
    """
    partial = path.with_name(path.name + ".partial")
    count = 0
    with partial.open("wb") as file:
        for call, question in cache.everything():
            if not wanted(call):
                continue
            values = {k: v for k, v in call._asdict().items() if v is not None and k not in _OWN}
            file.write(orjson.dumps(values | {"question": question}, option=_SORTED) + b"\n")
            count += 1
    partial.replace(path)
    return count


def import_completions(cache: CompletionCache, path: Path) -> int:
    """Add the calls of a file to a cache, all or none; the answer counts those that were new.

    Raises:
        InputError: a line that is no recorded call, or whose question was changed.
    """
    return cache.record_many(_read(path))


def _read(path: Path) -> Iterator[tuple[Call, str]]:
    try:
        lines = path.open("rb")
    except OSError as error:
        hint = "check the path of the recorded calls"
        raise InputError(f"cannot be read: {error.strerror}", file=path, hint=hint) from error
    with lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                read = _parse_line(line)
                if isinstance(read, str):
                    raise InputError(read, file=path, line=number, hint="export the file again")
                yield read


def _parse_line(line: bytes) -> tuple[Call, str] | str:
    try:
        values: Any = orjson.loads(line)
    except ValueError:
        return "not a line of JSON"
    if not isinstance(values, dict) or not isinstance(values.get("question"), dict):
        return "not a recorded call: it has no question"
    question = orjson.dumps(values.pop("question"), option=_SORTED)
    if values.get("key") != hashlib.sha256(question).hexdigest():
        return "the question was changed: its key does not fit any more"
    unknown = sorted(set(values) - set(Call._fields))
    if unknown or not {"model", "request_id", "status"} <= set(values):
        return f"not a recorded call (unknown: {unknown})"
    final = values["status"] in FINAL_STATUSES
    return Call(**{**values, "final": final}), question.decode()
