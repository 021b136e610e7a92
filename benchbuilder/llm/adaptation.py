"""What a model does not take: fields left out or renamed, learned once and remembered per model."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

#: A field that some models know by another name; the others can be left out.
_RENAMED = {"max_tokens": "max_completion_tokens"}


def adapt(body: dict[str, Any], unsupported: Collection[str]) -> dict[str, Any]:
    """The body without what the model does not take.

    Example: ``adapt({"max_tokens": 9, "temperature": 0}, ["max_tokens", "temperature"])`` gives
    ``{"max_completion_tokens": 9}``.
    """
    adapted = {}
    for field, value in body.items():
        if field not in unsupported:
            adapted[field] = value
        elif field in _RENAMED:
            adapted[_RENAMED[field]] = value
    return adapted


def adaptation_note(model: str, field: str) -> str:
    """The sentence that tells the user."""
    if field in _RENAMED:
        return f"{model} wants {_RENAMED[field]} in place of {field}: sent so from now on"
    return f"{model} does not take {field}: left out from now on"
