"""Fields that many formats share: ids, names, timestamps, safety flags."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypedDict

from benchbuilder.sources.json_values import parse_json

# Seconds since 1970 stay under this bound until the year 5138; each finer unit is 1000 times more.
_SECONDS_BOUND = 1e11


class CommonFields(TypedDict):
    """Keyword arguments of a ``Conversation``."""

    model: str | None
    timestamp: datetime | None
    language_declared: str | None
    flags: tuple[str, ...]


def first_of(record: Mapping[str, Any], *names: str) -> Any:
    """The first of these fields that is there and not null."""
    return next((record[name] for name in names if record.get(name) is not None), None)


def field_of(value: Any, name: str) -> Any:
    """A field of an object; of anything else null."""
    return value.get(name) if isinstance(value, Mapping) else None


def list_of(value: Any) -> list[Any]:
    """A list as it is; anything else is an empty one."""
    return value if isinstance(value, list) else []


def parse_id(value: Any) -> str | None:
    """An id as the string that stood in the dump; null, empty and structured ids are none.

    >>> parse_id("00012"), parse_id(12), parse_id(" "), parse_id(None)
    ('00012', '12', None, None)
    """
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    # Tables write missing numbers as NaN.
    return str(value) if isinstance(value, float) and math.isfinite(value) else None


def parse_name(value: Any) -> str | None:
    """A non-empty name (of a model, a language) or none."""
    return value.strip() or None if isinstance(value, str) else None


def parse_timestamp(value: Any) -> datetime | None:
    """A moment in UTC: from seconds, ms, us or ns since 1970, ISO 8601 text or a datetime.

    A time without a zone is read as UTC. What cannot be read is none.

    >>> parse_timestamp(1682354167).isoformat()
    '2023-04-24T16:36:07+00:00'
    """
    try:
        return _moment(_from_text(value) if isinstance(value, str) else value)
    except (ValueError, OverflowError, OSError):  # a year that no calendar has
        return None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    while abs(value) >= _SECONDS_BOUND:
        value /= 1000
    return datetime.fromtimestamp(value, tz=UTC)


def _from_text(text: str) -> datetime | float | None:
    text = text.strip().removesuffix("UTC").strip()
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def parse_common(record: Mapping[str, Any]) -> CommonFields:
    """What most formats tell in the same way beside the conversation itself."""
    return CommonFields(
        model=parse_name(record.get("model")),
        timestamp=parse_timestamp(record.get("timestamp")),
        language_declared=parse_name(record.get("language")),
        flags=parse_flags(record),
    )


def parse_flags(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Safety categories that a row raises, sorted, in one spelling each.

    Read are the OpenAI-style records of ``openai_moderation`` and the booleans ``toxic`` and
    ``flagged``. A record that is flagged without naming a category counts as ``flagged``.
    """
    moderation = record.get("openai_moderation")
    if isinstance(moderation, str):
        moderation = parse_json(moderation)
    raised = {name for name in ("toxic", "flagged") if record.get(name) is True}
    for entry in moderation if isinstance(moderation, list | tuple) else [moderation]:
        if isinstance(entry, Mapping) and entry.get("flagged"):
            raised.update(_raised(entry.get("categories")) or ["flagged"])
    return tuple(sorted(raised))


def _raised(categories: Any) -> list[str]:
    if not isinstance(categories, Mapping):
        return []
    return [canonical_category(str(name)) for name, value in categories.items() if value is True]


def canonical_category(name: str) -> str:
    """One spelling of a moderation category.

    >>> canonical_category("self_harm_intent"), canonical_category("self-harm/intent")
    ('self-harm/intent', 'self-harm/intent')
    """
    words = name.strip().lower().replace("/", "_").replace("-", "_").split("_")
    head, rest = words[0], words[1:]
    if words[:2] == ["self", "harm"]:
        head, rest = "self-harm", words[2:]
    return f"{head}/{'-'.join(rest)}" if rest else head
