"""LMSYS-Chat-1M: conversation_id, model, conversation, language by name, openai_moderation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchbuilder.sources.conversation import BAD_ROW, Conversation, Unusable
from benchbuilder.sources.fields import parse_common, parse_id
from benchbuilder.sources.turns import parse_turns


def recognises(fields: frozenset[str]) -> bool:
    """Whether a file with these fields is such a dump."""
    return {"conversation_id", "conversation"} <= fields


def parse_lmsys(record: Mapping[str, Any]) -> Conversation | Unusable:
    """One row of the dump."""
    source_id = parse_id(record.get("conversation_id"))
    turns = parse_turns(record.get("conversation"))
    if isinstance(turns, str):
        return Unusable(BAD_ROW, f"conversation: {turns}", source_id)
    return Conversation(turns, source_id, **parse_common(record))
