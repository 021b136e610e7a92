"""From a server's response to an outcome: pure functions, no network.

Everything that a 200 can hide is caught here: an error body, a web page, cut JSON, ``content:
null``, a refusal, text only in the reasoning, a thinking block that never closes, a stop at the
length limit. None of these is an answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from benchbuilder.llm.rejection import classify_rejection
from benchbuilder.text.thinking import split_thinking

_EXCERPT = 200
_MOST_TOKENS = 2**31 - 1  # of a call; more is nonsense, and no column holds it


@dataclass(frozen=True)
class Outcome:
    """What one call came to. ``text`` may be there without being an answer (see ``status``)."""

    status: str
    text: str | None = None
    thinking: str | None = None
    finish_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    detail: str | None = None
    wait_seconds: float | None = None  # how long the server asked to wait
    unsupported: str | None = None  # the body field that the server does not take
    status_code: int | None = None  # of HTTP, where the server turned the call down
    unreachable: bool = False  # nobody took the connection
    answered: bool = False  # the model worked: the call is billed
    cost_usd: float | None = None
    adapted: tuple[str, ...] = ()  # body fields that were left out or renamed
    vectors: tuple[bytes, ...] = ()  # of texts, in their order, where vectors were asked for


class Api(NamedTuple):
    """One path of an endpoint, and how to read what it answers (by HTTP status and body)."""

    path: str
    read: Callable[[int, str], Outcome]


def read_response(status_code: int, body: str) -> Outcome:
    """The outcome of a chat completion by its HTTP status and body.

    Example: ``read_response(200, '{"choices": []}').status`` is ``"bad_response"``.
    """
    parsed = read_body(status_code, body)
    if isinstance(parsed, Outcome):
        return parsed
    choice = _first_choice(parsed)
    if choice is None:
        return Outcome("bad_response", detail=f"no choices: {excerpt(body)}")
    return _read_choice(choice, usage_of(parsed))


def read_body(status_code: int, body: str) -> dict[str, Any] | Outcome:
    """The JSON object of a response that is none of the ways to fail; else the outcome."""
    parsed = parse_json(body)
    if status_code >= 400:
        status, detail, unsupported = classify_rejection(status_code, parsed, body)
        return Outcome(status, detail=detail, unsupported=unsupported, status_code=status_code)
    if parsed is None:
        kind = "a web page" if body.lstrip()[:1] == "<" else "broken JSON"
        return Outcome("bad_response", detail=f"the server sent {kind}: {excerpt(body)}")
    if not isinstance(parsed, dict):
        return Outcome("bad_response", detail=f"not a completion: {excerpt(body)}")
    if parsed.get("error"):
        return _error_in_success(parsed, body)
    return parsed


def parse_json(body: str) -> Any:
    """The value of a JSON text; None where it is broken."""
    try:
        return orjson.loads(body)
    except ValueError:
        if r"\ud" not in body.lower():
            return None
    # Half of a surrogate pair, as models write that cut an emoji in two: one letter is lost, no
    # answer.
    try:
        mended = json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace")
        return orjson.loads(mended)
    except (ValueError, RecursionError):
        return None


CHAT = Api("/chat/completions", read_response)


def excerpt(text: str) -> str:
    """The beginning of a text on one line, short enough for a table cell."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1] + "…"


def _error_in_success(parsed: dict[str, Any], body: str) -> Outcome:
    """Gateways wrap an upstream failure in a 200; its own code says what it was."""
    error = parsed["error"]
    code = error.get("code") if isinstance(error, dict) else None
    status_code = code if isinstance(code, int) and 400 <= code < 600 else 200
    status, detail, unsupported = classify_rejection(status_code, parsed, body)
    return Outcome(status, detail=f"200 with an error: {detail}", unsupported=unsupported)


def _first_choice(parsed: dict[str, Any]) -> dict[str, Any] | None:
    choices = parsed.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return None
    choice: dict[str, Any] = choices[0]
    return choice if isinstance(choice.get("message"), dict) else None


def _read_choice(choice: dict[str, Any], usage: tuple[int | None, int | None]) -> Outcome:
    message = choice["message"]
    text, thinking, closed = split_thinking(_content(message.get("content")))
    given = message.get("reasoning_content") or message.get("reasoning")
    if isinstance(given, str) and given.strip():
        thinking = given if thinking is None else f"{given}\n\n{thinking}"
    finish = choice.get("finish_reason")
    status, detail = _judge(text, thinking, closed, finish, message.get("refusal"))
    finish_reason = finish if isinstance(finish, str) else None
    return Outcome(
        status, text or None, thinking, finish_reason, *usage, detail=detail, answered=True
    )


def _judge(
    text: str, thinking: str | None, closed: bool, finish: Any, refusal: Any
) -> tuple[str, str | None]:
    if finish == "content_filter":
        return "content_filter", "the server's content filter stopped the answer"
    if finish == "length":
        return "truncated", "stopped at the token limit (max_tokens)"
    if isinstance(refusal, str) and refusal.strip():
        return "refused", excerpt(refusal)
    if not closed:
        return "reasoning_only", "the thinking block is never closed"
    if text.strip():
        return "ok", None
    if thinking:
        return "reasoning_only", "text only in the reasoning, none in the answer"
    return "empty", "no text in the answer"


def _content(content: Any) -> str:
    """Content as text; some servers send a list of typed parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = [part for part in content if isinstance(part, dict)]
    texts = [part.get("text") for part in parts if part.get("type") in (None, "text")]
    return "".join(text for text in texts if isinstance(text, str))


def usage_of(parsed: dict[str, Any]) -> tuple[int | None, int | None]:
    """Input and output tokens as the server counted them; None where it does not say."""
    usage = parsed.get("usage")
    if not isinstance(usage, dict):
        return None, None
    counts = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
    known = [
        count if type(count) is int and 0 <= count <= _MOST_TOKENS else None for count in counts
    ]
    return known[0], known[1]
