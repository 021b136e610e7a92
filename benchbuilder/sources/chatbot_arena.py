"""Chatbot Arena battles (33k, 55k, 100k, 140k): one prompt, two models. Side A is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchbuilder.sources.conversation import BAD_ROW, Conversation, Turn, Unusable
from benchbuilder.sources.fields import parse_common, parse_id, parse_name, parse_timestamp
from benchbuilder.sources.json_values import parse_json
from benchbuilder.sources.turns import parse_content, parse_messages, parse_turns


def recognises(fields: frozenset[str]) -> bool:
    """Whether a file with these fields is such a dump."""
    return {"model_a", "model_b"} <= fields and not fields.isdisjoint(
        {"conversation_a", "full_conversation", "prompt"}
    )


def parse_chatbot_arena(record: Mapping[str, Any]) -> Conversation | Unusable:
    """One battle, with the replies of ``model_a``."""
    source_id = parse_id(record.get("question_id")) or parse_id(record.get("id"))
    turns = _turns(record)
    if isinstance(turns, str):
        return Unusable(BAD_ROW, turns, source_id)
    found = Conversation(turns, source_id, **parse_common(record))
    return found._replace(
        model=parse_name(record.get("model_a")),
        timestamp=found.timestamp or parse_timestamp(record.get("tstamp")),
        flags=tuple(sorted({*found.flags, *_toxic_chat(record.get("toxic_chat_tag"))})),
    )


def _turns(record: Mapping[str, Any]) -> tuple[Turn, ...] | str:
    if record.get("conversation_a") is not None:
        return parse_turns(record["conversation_a"])
    if record.get("full_conversation") is not None:
        return _rounds(parse_messages(record["full_conversation"]))
    prompts, replies = _texts(record.get("prompt")), _texts(record.get("response_a"))
    replies += [None] * (len(prompts) - len(replies))
    pairs = zip(prompts, replies, strict=False)
    return tuple(
        Turn(role, *parse_content(content))
        for pair in pairs
        for role, content in zip(("user", "assistant"), pair, strict=True)
    )


def _rounds(rounds: Any) -> tuple[Turn, ...] | str:
    """The 140k release: a list of rounds, each with the user's message and those of two sides."""
    if not isinstance(rounds, list):
        return "full_conversation: expected a list of rounds"
    messages = []
    for one in rounds:
        if not isinstance(one, Mapping) or not isinstance(one.get("user"), Mapping):
            return "full_conversation: a round without a user's message"
        sides = {"user": one["user"], "assistant": one.get("model_side_a")}
        messages += [{**m, "role": role} for role, m in sides.items() if isinstance(m, Mapping)]
    return parse_turns(messages)


def _texts(value: Any) -> list[Any]:
    """The 55k release writes its turns as the JSON text of a list; a plain text is one turn."""
    decoded = parse_json(value) if isinstance(value, str) and value[:1] == "[" else value
    if isinstance(decoded, list):
        return decoded
    return [] if value is None else [value]


def _toxic_chat(tag: Any) -> list[str]:
    verdicts = tag.values() if isinstance(tag, Mapping) else ()
    flagged = any(isinstance(v, Mapping) and v.get("flagging") is True for v in verdicts)
    return ["toxic"] if flagged else []
