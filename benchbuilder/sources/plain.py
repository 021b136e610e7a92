"""Anything else that holds prompts: a text field or a list of messages, under a usual name.

Also what ``text_column`` and ``conversation_column`` name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchbuilder.sources.conversation import BAD_ROW, Conversation, Turn, Unusable
from benchbuilder.sources.fields import first_of, parse_common, parse_id
from benchbuilder.sources.turns import parse_content, parse_turns

TEXT_FIELDS = ("prompt", "text", "instruction", "question", "query", "content")
MESSAGE_FIELDS = ("messages", "conversation", "conversations", "turns")
REPLY_FIELDS = ("response", "completion", "reply")
ID_FIELDS = ("prompt_id", "id", "question_id", "conversation_id", "uid", "uuid", "_id")
_SYSTEM_FIELDS = ("system", "system_prompt")


def recognises(fields: frozenset[str]) -> bool:
    """Whether one of the usual fields is there."""
    return not fields.isdisjoint((*TEXT_FIELDS, *MESSAGE_FIELDS))


def parse_plain(record: Mapping[str, Any]) -> Conversation | Unusable:
    """One row with a usual field. Messages come first: they say more than their first text."""
    source_id = parse_id(first_of(record, *ID_FIELDS))
    messages = first_of(record, *MESSAGE_FIELDS)
    text = first_of(record, *TEXT_FIELDS)
    if messages is None and _are_messages(text):
        messages = text
    if messages is None:
        turns: tuple[Turn, ...] | str = _written_out(record, text)
    else:
        turns = parse_turns(messages)
    if isinstance(turns, str):
        return Unusable(BAD_ROW, turns, source_id)
    return Conversation(turns, source_id, **parse_common(record))


def parse_mapped(
    record: Mapping[str, Any], text_column: str | None, conversation_column: str | None
) -> Conversation | Unusable:
    """One row by named columns; the conversation wins where a row has both."""
    messages = record.get(conversation_column) if conversation_column else None
    renamed = {key: value for key, value in record.items() if key not in _CONTENT_FIELDS}
    if messages is not None:
        renamed["messages"] = messages
    elif text_column:
        renamed["text"] = record.get(text_column)
    return parse_plain(renamed)


_CONTENT_FIELDS = frozenset((*TEXT_FIELDS, *MESSAGE_FIELDS))


def _are_messages(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _written_out(record: Mapping[str, Any], text: Any) -> tuple[Turn, ...]:
    """The turns of a row whose prompt, system prompt and reply stand in fields of their own."""
    turns = [Turn("user", *parse_content(text))]
    system, reply = first_of(record, *_SYSTEM_FIELDS), first_of(record, *REPLY_FIELDS)
    if isinstance(system, str) and system.strip():
        turns.insert(0, Turn("system", system))
    if isinstance(reply, str) and reply.strip():
        turns.append(Turn("assistant", reply))
    return tuple(turns)
