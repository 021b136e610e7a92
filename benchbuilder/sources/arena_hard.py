"""Question files of Arena-Hard and MT-bench: the user's turns alone, with a category or cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchbuilder.sources.conversation import BAD_ROW, Conversation, Turn, Unusable
from benchbuilder.sources.fields import parse_common, parse_id
from benchbuilder.sources.turns import parse_content, parse_messages

_TOPICS = frozenset({"category", "subcategory", "cluster"})


def recognises(fields: frozenset[str]) -> bool:
    """Whether a file with these fields is such a question file."""
    return {"question_id", "turns"} <= fields or (
        {"uid", "prompt"} <= fields and not fields.isdisjoint(_TOPICS)
    )


def parse_arena_hard(record: Mapping[str, Any]) -> Conversation | Unusable:
    """One question."""
    source_id = parse_id(record.get("question_id")) or parse_id(record.get("uid"))
    turns = parse_messages(record.get("turns"))
    if turns is None:
        turns = [record.get("prompt")]
    if not isinstance(turns, list):
        return Unusable(BAD_ROW, "turns: expected a list", source_id)
    texts = [turn.get("content") if isinstance(turn, Mapping) else turn for turn in turns]
    return Conversation(
        tuple(Turn("user", *parse_content(text)) for text in texts),
        source_id,
        **parse_common(record),
    )
