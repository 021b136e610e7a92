"""ShareGPT: id and conversations of {from, value}. Many begin in the middle, with a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchbuilder.sources.conversation import BAD_ROW, Conversation, Turn, Unusable
from benchbuilder.sources.fields import parse_common, parse_id
from benchbuilder.sources.turns import parse_turns


def recognises(fields: frozenset[str]) -> bool:
    """Whether a file with these fields is such a dump."""
    return "conversations" in fields or {"id", "items"} <= fields


def parse_sharegpt(record: Mapping[str, Any]) -> Conversation | Unusable:
    """One conversation."""
    source_id = parse_id(record.get("id"))
    messages = record.get("conversations", record.get("items"))
    turns = parse_turns(messages)
    if isinstance(turns, str):
        return Unusable(BAD_ROW, f"conversations: {turns}", source_id)
    system = record.get("system")
    if isinstance(system, str) and system.strip():
        turns = (Turn("system", system), *turns)
    return Conversation(turns, source_id, **parse_common(record))
