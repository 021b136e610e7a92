"""OASST: messages in trees. Only roots are prompts; whole trees bring a reply along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchbuilder.sources.conversation import BAD_ROW, Conversation, Turn, Unusable
from benchbuilder.sources.fields import parse_id, parse_name, parse_timestamp
from benchbuilder.sources.turns import parse_content


def recognises(fields: frozenset[str]) -> bool:
    """Whether a file with these fields is such a dump."""
    return {"message_id", "parent_id", "text"} <= fields or {"message_tree_id", "prompt"} <= fields


def parse_oasst(record: Mapping[str, Any]) -> Conversation | Unusable:
    """One message of the flat export, or one tree with its best reply."""
    root = record.get("prompt", record)
    if not isinstance(root, Mapping):
        return Unusable(BAD_ROW, "prompt: expected a message")
    source_id = parse_id(root.get("message_id")) or parse_id(record.get("message_tree_id"))
    if root.get("parent_id") is not None:
        return Unusable("not_a_root", f"answers {root['parent_id']}", source_id)
    if root.get("deleted") is True:
        return Unusable("deleted", "deleted in the dump", source_id)
    turns = [Turn("user" if root.get("role") == "prompter" else "assistant", *_text(root))]
    reply = _best_reply(root.get("replies"))
    if reply:
        turns.append(Turn("assistant", *_text(reply)))
    return Conversation(
        tuple(turns),
        source_id,
        model=parse_name((reply or {}).get("model_name")),
        timestamp=parse_timestamp(root.get("created_date")),
        language_declared=parse_name(root.get("lang")),
    )


def _text(message: Mapping[str, Any]) -> tuple[str | None, int]:
    return parse_content(message.get("text"))


def _best_reply(replies: Any) -> Mapping[str, Any] | None:
    """The reply that people ranked first; unranked ones follow in their order."""
    given = [r for r in replies if isinstance(r, Mapping)] if isinstance(replies, list) else []
    given = [r for r in given if r.get("deleted") is not True]
    ranks = [(r["rank"] if isinstance(r.get("rank"), int) else len(given), r) for r in given]
    return min(ranks, key=lambda pair: pair[0])[1] if ranks else None
