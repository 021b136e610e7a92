"""Lists of ids that a person made: which prompts must be questions, and which must not.

One id a line (``#`` begins a comment), or JSONL with an id and, if one likes, a ``reason``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson

from benchbuilder.errors import InputError
from benchbuilder.sources.paths import read_text

ID_FIELDS = ("prompt_id", "question_id", "conversation_id", "id")


def read_id_lists(paths: Sequence[Path]) -> dict[str, str]:
    """Ids with the name of their file and the reason given there; the first mention counts.

    Raises:
        InputError: no such file, or a line that holds no id.
    """
    listed: dict[str, str] = {}
    for path in paths:
        if not path.is_file():
            raise InputError(
                "no such list of ids",
                file=path,
                hint="check `sample.must_include` and `sample.must_exclude`",
            )
        for line, text in enumerate(read_text(path).splitlines(), start=1):
            found = parse_listed(text)
            if isinstance(found, str):
                raise InputError(found, file=path, line=line)
            if found is not None:
                name, reason = found
                listed.setdefault(name, f"{path.name}: {reason}" if reason else path.name)
    return listed


def parse_listed(text: str) -> tuple[str, str | None] | str | None:
    """``(id, reason)`` of a line, None for an empty one or a comment, or what is wrong with it."""
    text = text.strip()
    if not text.startswith("{"):
        name = text.partition("#")[0].strip()
        return (name, None) if name else None
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return f"not JSON: {error}"
    found = next((record[field] for field in ID_FIELDS if record.get(field)), None)
    if found is None:
        return f"no id: expected one of {', '.join(ID_FIELDS)}"
    reason = record.get("reason")
    return str(found), None if reason is None else str(reason)
