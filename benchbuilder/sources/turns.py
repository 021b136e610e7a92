"""Messages in all their spellings: roles, and content as text, parts or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchbuilder.sources.conversation import Turn
from benchbuilder.sources.json_values import parse_json

_ROLES = {
    "user": "user",
    "human": "user",
    "prompter": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "bard": "assistant",
    "bing": "assistant",
    "chatbot": "assistant",
    "chatgpt": "assistant",
    "gpt": "assistant",
    "model": "assistant",
    "system": "system",
    "developer": "system",
    "tool": "tool",
    "function": "tool",
    "observation": "tool",
}
_ROLE_KEYS = ("role", "from", "author", "speaker")
_CONTENT_KEYS = ("content", "value", "text", "parts")
_NO_TEXT = frozenset({"image", "image_url", "input_image", "image_asset_pointer", "file"}) | {
    "audio",
    "input_audio",
    "video",
    "tool_call",
    "tool_use",
    "tool_result",
    "reasoning",
}


def parse_turns(messages: Any) -> tuple[Turn, ...] | str:
    """Turns of a list of messages (or of its JSON text), or the reason why it is none.

    >>> parse_turns([{"from": "human", "value": "Why?"}])
    (Turn(role='user', content='Why?', images=0),)
    """
    messages = parse_messages(messages)
    if not isinstance(messages, list | tuple):
        return f"expected a list of messages, found {type_name(messages)}"
    turns = []
    for number, message in enumerate(messages, start=1):
        turn = parse_turn(message)
        if isinstance(turn, str):
            return f"message {number}: {turn}"
        turns.append(turn)
    return tuple(turns)


def parse_messages(messages: Any) -> Any:
    """Messages that stand as JSON text in a cell, decoded; one message alone as a list."""
    if isinstance(messages, str):
        messages = parse_json(messages)
    return [messages] if isinstance(messages, Mapping) else messages


def parse_turn(message: Any) -> Turn | str:
    """One message with a role and content, or the reason why it is none."""
    if not isinstance(message, Mapping):
        return f"expected a role and content, found {type_name(message)}"
    role = next((message[key] for key in _ROLE_KEYS if key in message), None)
    if isinstance(role, Mapping):  # the OpenAI export nests it: author.role
        role = role.get("role")
    if not isinstance(role, str):
        return f"no role among {', '.join(map(str, message)) or 'no fields'}"
    content = next((message[key] for key in _CONTENT_KEYS if key in message), None)
    text, images = parse_content(content)
    # An unknown speaker is no user: its text is kept, but never taken for a prompt.
    return Turn(_ROLES.get(role.strip().lower(), "tool"), text, images)


def parse_content(content: Any) -> tuple[str | None, int]:
    """Text of a message and how many parts were no text.

    Parts are joined by a line break. Content that is neither text nor parts has no text.

    >>> parse_content([{"type": "text", "text": "What is this?"}, {"type": "image_url"}])
    ('What is this?', 1)
    """
    if isinstance(content, str):
        return content, 0
    if isinstance(content, Mapping):
        return parse_content(content.get("parts") or [content])
    if not isinstance(content, list | tuple):
        return None, 0
    texts, others = [], 0
    for part in content:
        text = _part_text(part)
        if text is not None:
            texts.append(text)
        elif part is not None:
            others += 1
    return ("\n".join(texts) if texts else None), others


def _part_text(part: Any) -> str | None:
    if isinstance(part, str):
        return part
    if not isinstance(part, Mapping) or str(part.get("type")) in _NO_TEXT:
        return None
    text = next((part[key] for key in ("text", "content") if key in part), None)
    if isinstance(text, Mapping):  # the Assistants API: {"text": {"value": ...}}
        text = text.get("value")
    return text if isinstance(text, str) else None


def type_name(value: Any) -> str:
    """The JSON name of a value's type, for messages.

    >>> type_name(None), type_name({}), type_name("x")
    ('null', 'an object', 'text')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    names = {str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), type(value).__name__)
