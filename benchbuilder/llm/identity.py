"""What decides an answer: the model, its sampling parameters, the messages, the sample number.

This and nothing else makes the key of a recorded completion. URLs, keys, time-outs, retries and
concurrency are absent on purpose: a release replays on a machine that has no endpoint.
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from benchbuilder.llm.types import Message, Request
from benchbuilder.settings import ModelSettings


def sampling_parameters(settings: ModelSettings) -> dict[str, Any]:
    """The body fields that steer sampling; those set to null are left to the server."""
    stated = {
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "max_tokens": settings.max_tokens,
        "reasoning_effort": settings.reasoning_effort,
    }
    return {key: value for key, value in stated.items() if value is not None} | settings.extra_body


def request_body(name: str, settings: ModelSettings, request: Request) -> dict[str, Any]:
    """The body of a chat completion call, before any adaptation to what the server takes."""
    body: dict[str, Any] = {
        "model": settings.model or name,
        "messages": _with_system_prompt(request.messages, settings.system_prompt),
        **sampling_parameters(settings),
    }
    if request.schema is not None and settings.structured:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": request.schema},
        }
    return body


def completion_key(
    name: str, settings: ModelSettings, body: dict[str, Any], sample: int
) -> tuple[str, str]:
    """``(key, question)``, as ``digest`` gives them."""
    return digest({"name": name, "revision": settings.revision, "sample": sample, "body": body})


def digest(question: dict[str, Any]) -> tuple[str, str]:
    """A SHA-256 digest, and the JSON text that it is the digest of."""
    text = orjson.dumps(question, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest(), text.decode()


def _with_system_prompt(messages: tuple[Message, ...], system_prompt: str | None) -> list[Message]:
    if system_prompt is None:
        return list(messages)
    if messages and messages[0]["role"] == "system":
        joined = f"{system_prompt}\n\n{messages[0]['content']}"
        return [{"role": "system", "content": joined}, *messages[1:]]
    return [{"role": "system", "content": system_prompt}, *messages]
