"""Logs of OpenAI-compatible gateways: a request and its response, or LiteLLM's flat fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchbuilder.sources.conversation import BAD_ROW, Conversation, Unusable
from benchbuilder.sources.exchange import NO_GENERATION, parse_exchange, unpacked
from benchbuilder.sources.fields import field_of, first_of, parse_id, parse_name, parse_timestamp

_REQUESTS = ("request", "request_body", "requestBody", "body", "messages")
_RESPONSES = ("response", "response_body", "responseBody")
_IDS = ("id", "request_id", "requestId", "custom_id", "call_id", "litellm_call_id", "_id")
_TIMES = ("timestamp", "startTime", "start_time", "created_at", "createdAt", "created", "time")


def recognises(fields: frozenset[str]) -> bool:
    """Whether a file with these fields is such a log."""
    answered = not fields.isdisjoint(_RESPONSES) and not fields.isdisjoint(_REQUESTS)
    return answered or {"custom_id", "body"} <= fields


def parse_gateway_log(record: Mapping[str, Any]) -> Conversation | Unusable:
    """One call. A request without messages (embeddings, images) is no generation."""
    source_id = parse_id(first_of(record, *_IDS))
    request, response = (
        unpacked(first_of(record, *_REQUESTS)),
        unpacked(first_of(record, *_RESPONSES)),
    )
    if request is None:
        return Unusable(NO_GENERATION, "no request is recorded", source_id)
    if isinstance(request, Mapping) and not _is_chat(request):
        return Unusable(NO_GENERATION, "the request holds no messages", source_id)
    turns = parse_exchange(request, response)
    if isinstance(turns, str):
        return Unusable(BAD_ROW, f"request: {turns}", source_id)
    models = (field_of(place, "model") for place in (record, request, response))
    return Conversation(
        turns,
        source_id or parse_id(field_of(response, "id")),
        model=next((m for m in map(parse_name, models) if m), None),
        timestamp=parse_timestamp(first_of(record, *_TIMES))
        or parse_timestamp(field_of(response, "created")),
    )


def _is_chat(request: Mapping[str, Any]) -> bool:
    body = unpacked(request.get("body")) or request
    return any(field_of(body, name) is not None for name in ("messages", "input", "prompt")) and (
        "embedding" not in str(field_of(body, "model")).lower()
    )
