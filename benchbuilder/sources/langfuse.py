"""Langfuse exports: traces and observations with input, output, model and metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchbuilder.sources.conversation import BAD_ROW, Conversation, Unusable
from benchbuilder.sources.exchange import NO_GENERATION, parse_exchange
from benchbuilder.sources.fields import parse_id, parse_name, parse_timestamp

_OWN_FIELDS = frozenset(
    {"traceId", "trace_id", "sessionId", "session_id", "observations", "startTime", "start_time"}
) | {"userId", "user_id", "htmlPath", "release"}


def recognises(fields: frozenset[str]) -> bool:
    """Whether a file with these fields is such an export."""
    return {"input", "output"} <= fields and not fields.isdisjoint(_OWN_FIELDS)


def parse_langfuse(record: Mapping[str, Any]) -> Conversation | Unusable:
    """One trace or one observation; observations that are no generation are left out."""
    source_id = parse_id(record.get("id"))
    kind = record.get("type")
    if isinstance(kind, str) and kind.upper() != "GENERATION":
        return Unusable(NO_GENERATION, f"an observation of type {kind}", source_id)
    if record.get("input") in (None, "", {}, []):
        return Unusable(NO_GENERATION, "no input is recorded", source_id)
    turns = parse_exchange(record["input"], record.get("output"))
    if isinstance(turns, str):
        return Unusable(BAD_ROW, f"input: {turns}", source_id)
    times = (record.get(name) for name in ("timestamp", "startTime", "start_time", "createdAt"))
    return Conversation(
        turns,
        source_id,
        model=parse_name(record.get("model")) or parse_name(record.get("providedModelName")),
        timestamp=next((t for t in map(parse_timestamp, times) if t), None),
    )
