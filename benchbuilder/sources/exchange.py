"""What production logs have in common: an input that was sent and an output that came back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchbuilder.sources.conversation import Turn
from benchbuilder.sources.json_values import parse_json
from benchbuilder.sources.turns import parse_content, parse_turn, parse_turns

#: The reason of log entries that are no call of a model.
NO_GENERATION = "no_generation"

_MESSAGE_KEYS = ("messages", "input", "contents", "prompt", "query", "question", "text")
_WRAPPERS = ("kwargs", "body", "args")
_OUTPUT_KEYS = ("choices", "output", "message", "content", "text", "completion", "answer")


def parse_exchange(sent: Any, returned: Any) -> tuple[Turn, ...] | str:
    """The turns that were sent, and the first choice of what came back where there is one."""
    turns = parse_input(sent)
    if isinstance(turns, str):
        return turns
    reply = parse_output(returned)
    return turns if reply is None else (*turns, reply)


def parse_input(sent: Any) -> tuple[Turn, ...] | str:
    """Turns of a request: messages, a body that holds them, or a bare prompt.

    >>> parse_input('{"messages": [{"role": "user", "content": "Why?"}]}')
    (Turn(role='user', content='Why?', images=0),)
    """
    sent = unpacked(sent)
    if isinstance(sent, str):
        return (Turn("user", sent),)
    if isinstance(sent, list):
        return _listed(sent)
    if not isinstance(sent, Mapping):
        return "no input is recorded"
    if "role" in sent:
        return parse_turns([sent])
    for key in _MESSAGE_KEYS:
        if sent.get(key) is not None:
            turns = parse_input(sent[key])
            system = sent.get("instructions", sent.get("system"))
            text = parse_content(system)[0]
            return (Turn("system", text), *turns) if text and not isinstance(turns, str) else turns
    for key in _WRAPPERS:
        if sent.get(key):
            return parse_input(sent[key])
    return f"no messages among {', '.join(map(str, sent)) or 'no fields'}"


def _listed(sent: list[Any]) -> tuple[Turn, ...] | str:
    if sent and all(isinstance(item, str) for item in sent):
        return tuple(Turn("user", item) for item in sent)
    if len(sent) == 1 and isinstance(sent[0], Mapping | list) and "role" not in sent[0]:
        return parse_input(sent[0])
    # Agents log calls of tools between the messages; these say nothing a reader would see.
    messages = [item for item in sent if not isinstance(item, Mapping) or "role" in item]
    return parse_turns(messages or sent)


def parse_output(returned: Any) -> Turn | None:
    """The reply in a response, or ``None`` where there is none to read.

    >>> parse_output({"choices": [{"message": {"role": "assistant", "content": "Because."}}]})
    Turn(role='assistant', content='Because.', images=0)
    """
    returned = unpacked(returned)
    if isinstance(returned, str):
        return Turn("assistant", returned) if returned.strip() else None
    if isinstance(returned, list):
        replies = (parse_output(item) for item in returned)
        return next((reply for reply in replies if reply is not None), None)
    if not isinstance(returned, Mapping):
        return None
    if "role" in returned:
        turn = parse_turn(returned)
        return turn if isinstance(turn, Turn) and turn.content else None
    for key in _OUTPUT_KEYS:
        if returned.get(key) is not None:
            return parse_output(returned[key])
    return parse_output(returned["body"]) if returned.get("body") else None


def unpacked(value: Any) -> Any:
    """A value that a log wrote as JSON text, decoded; any other value as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        decoded = parse_json(value)
        return value if decoded is None else decoded
    return value
