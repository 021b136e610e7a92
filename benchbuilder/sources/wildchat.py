"""WildChat (1M, 4.8M): like LMSYS-Chat-1M, with turns that carry language, toxicity and time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchbuilder.sources.conversation import BAD_ROW, Conversation, Unusable
from benchbuilder.sources.fields import parse_common, parse_id, parse_name, parse_timestamp
from benchbuilder.sources.turns import parse_messages, parse_turns

_OWN_FIELDS = frozenset({"conversation_hash", "detoxify_moderation", "toxic", "hashed_ip"})


def recognises(fields: frozenset[str]) -> bool:
    """Whether a file with these fields is such a dump."""
    return "conversation" in fields and not fields.isdisjoint(_OWN_FIELDS)


def parse_wildchat(record: Mapping[str, Any]) -> Conversation | Unusable:
    """One row. What the row itself does not tell is taken from its first turn that does."""
    source_id = parse_id(record.get("conversation_hash")) or parse_id(record.get("conversation_id"))
    messages = parse_messages(record.get("conversation"))
    turns = parse_turns(messages)
    if isinstance(turns, str):
        return Unusable(BAD_ROW, f"conversation: {turns}", source_id)
    told = [turn for turn in messages if isinstance(turn, Mapping)]
    found = Conversation(turns, source_id, **parse_common(record))
    flags = {*found.flags, *("toxic" for turn in told if turn.get("toxic") is True)}
    return found._replace(
        timestamp=found.timestamp or _next(parse_timestamp(t.get("timestamp")) for t in told),
        language_declared=found.language_declared
        or _next(parse_name(turn.get("language")) for turn in told),
        flags=tuple(sorted(flags)),
    )


def _next(values: Iterator[Any]) -> Any:
    return next((value for value in values if value is not None), None)
