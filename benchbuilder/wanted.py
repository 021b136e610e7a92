"""What a setting must be, in words, from what pydantic says of one that is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KINDS = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text (in quotes, where it looks like a number)",
    "tuple_type": "a list, like [one, two]",
    "dict_type": "`key: value` lines",
    "model_type": "`key: value` lines",
    "model_attributes_type": "`key: value` lines",
}
_LIMITS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def expected(item: Mapping[str, Any]) -> str:
    """What was expected in place of a value that does not fit.

    >>> expected({"type": "greater_than_equal", "ctx": {"ge": 1}, "msg": ""})
    'expected at least 1'
    """
    kind = item["type"]
    if kind in _KINDS:
        return f"expected {_KINDS[kind]}"
    if kind in _LIMITS:
        words, name = _LIMITS[kind]
        return f"expected {words} {item['ctx'][name]:g}"
    if kind == "literal_error":
        return f"expected {item['ctx']['expected']}"
    # Checks of our own speak for themselves.
    return str(item["msg"]).removeprefix("Value error, ")


def shown(value: Any) -> str:
    """A value as a config file would have it, cut where it is long."""
    if value is None:
        return "nothing"
    text = repr(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
