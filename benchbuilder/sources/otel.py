"""OpenTelemetry spans of generative AI (``gen_ai.*``), as OTLP JSON or with plain attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from benchbuilder.sources.conversation import BAD_ROW, Conversation, Turn, Unusable
from benchbuilder.sources.exchange import NO_GENERATION, parse_exchange, unpacked
from benchbuilder.sources.fields import (
    field_of,
    first_of,
    list_of,
    parse_id,
    parse_name,
    parse_timestamp,
)
from benchbuilder.sources.turns import parse_content

_INPUT, _OUTPUT = "gen_ai.input.messages", "gen_ai.output.messages"
_numbered = re.compile(r"gen_ai\.(prompt|completion)\.(\d+)\.(role|content)")


def recognises(fields: frozenset[str]) -> bool:
    """Whether a file with these fields holds spans."""
    spans = not fields.isdisjoint({"attributes", "span_attributes"})
    named = not fields.isdisjoint({"spanId", "span_id", "trace_id", "traceId", "context"})
    return (spans and named) or any(field.startswith("gen_ai.") for field in fields)


def parse_otel(record: Mapping[str, Any]) -> Conversation | Unusable:
    """One span; spans of anything but a model's call are no generation."""
    own = first_of(record, "spanId", "span_id")
    source_id = parse_id(own or field_of(record.get("context"), "span_id"))
    attributes = _attributes(first_of(record, "attributes", "span_attributes") or record)
    sent = attributes.get(_INPUT) or _numbered_messages(attributes, "prompt")
    if not sent:
        return Unusable(NO_GENERATION, "the span carries no messages", source_id)
    returned = attributes.get(_OUTPUT) or _numbered_messages(attributes, "completion")
    turns = parse_exchange(sent, returned)
    if isinstance(turns, str):
        return Unusable(BAD_ROW, f"{_INPUT}: {turns}", source_id)
    system = parse_content(unpacked(attributes.get("gen_ai.system_instructions")))[0]
    if system:
        turns = (Turn("system", system), *turns)
    models = (attributes.get(f"gen_ai.{side}.model") for side in ("response", "request"))
    start = first_of(record, "startTimeUnixNano", "start_time_unix_nano", "start_time", "startTime")
    return Conversation(
        turns,
        source_id,
        model=next((m for m in map(parse_name, models) if m), None),
        timestamp=parse_timestamp(start),
    )


def spans_of(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The spans of one OTLP export request."""
    for resource in list_of(record.get("resourceSpans")):
        for scope in list_of(field_of(resource, "scopeSpans")):
            yield from list_of(field_of(scope, "spans"))


def _attributes(found: Any) -> Mapping[str, Any]:
    """Attributes by name. OTLP writes them as a list of keys with typed values."""
    found = unpacked(found)
    if isinstance(found, Mapping):
        return found
    pairs = [item for item in list_of(found) if isinstance(item, Mapping)]
    return {str(item.get("key")): _any_value(item.get("value")) for item in pairs}


def _any_value(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    if "arrayValue" in value:
        return [_any_value(item) for item in list_of(field_of(value["arrayValue"], "values"))]
    if "kvlistValue" in value:
        pairs = list_of(field_of(value["kvlistValue"], "values"))
        return {str(field_of(p, "key")): _any_value(field_of(p, "value")) for p in pairs}
    return next(iter(value.values()), None)


def _numbered_messages(attributes: Mapping[str, Any], side: str) -> list[dict[str, Any]]:
    """Messages that older instrumentations spread over ``gen_ai.prompt.0.content`` and so on."""
    messages: dict[int, dict[str, Any]] = {}
    for name, value in attributes.items():
        found = _numbered.fullmatch(name) if isinstance(name, str) else None
        if found and found[1] == side:
            messages.setdefault(int(found[2]), {})[found[3]] = value
    speaker = "user" if side == "prompt" else "assistant"
    return [{"role": speaker, **messages[number]} for number in sorted(messages)]
