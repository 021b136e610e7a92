"""The export of ChatGPT accounts: each conversation a tree of nodes, one leaf of it current."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchbuilder.sources.conversation import BAD_ROW, Conversation, Turn, Unusable
from benchbuilder.sources.fields import field_of, parse_id, parse_name, parse_timestamp
from benchbuilder.sources.json_values import parse_json
from benchbuilder.sources.turns import parse_turn


def recognises(fields: frozenset[str]) -> bool:
    """Whether a file with these fields is such an export."""
    return "mapping" in fields


def parse_chatgpt_export(record: Mapping[str, Any]) -> Conversation | Unusable:
    """One conversation: the branch that ends in the current node, without hidden messages."""
    source_id = parse_id(record.get("conversation_id")) or parse_id(record.get("id"))
    nodes = record.get("mapping")
    nodes = parse_json(nodes) if isinstance(nodes, str) else nodes
    if not isinstance(nodes, Mapping):
        return Unusable(BAD_ROW, "mapping: expected nodes by id", source_id)
    messages = _branch(nodes, record.get("current_node"))
    turns = [(message, parse_turn(message)) for message in messages]
    shown = [turn for message, turn in turns if isinstance(turn, Turn) and not _hidden(message)]
    return Conversation(
        tuple(shown),
        source_id,
        model=_model(messages) or parse_name(record.get("default_model_slug")),
        timestamp=parse_timestamp(record.get("create_time")),
    )


def _branch(nodes: Mapping[str, Any], current: Any) -> list[Mapping[str, Any]]:
    """Messages from the root to the current node, or to the last leaf where none is named."""
    if not isinstance(current, str) or current not in nodes:
        leaves = [id_ for id_, node in nodes.items() if not field_of(node, "children")]
        current = leaves[-1] if leaves else None
    messages, seen = [], set()
    while isinstance(current, str) and current in nodes and current not in seen:
        seen.add(current)
        message = field_of(nodes[current], "message")
        if isinstance(message, Mapping):
            messages.append(message)
        current = field_of(nodes[current], "parent")
    return messages[::-1]


def _hidden(message: Mapping[str, Any]) -> bool:
    metadata = message.get("metadata")
    return message.get("weight") == 0 or bool(
        field_of(metadata, "is_visually_hidden_from_conversation")
    )


def _model(messages: list[Mapping[str, Any]]) -> str | None:
    slugs = (parse_name(field_of(m.get("metadata"), "model_slug")) for m in messages)
    return next((slug for slug in slugs if slug), None)
