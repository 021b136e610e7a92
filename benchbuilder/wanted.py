"""What a setting must be, in words, from what pydantic says of one that is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

_KINDS = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "tuple_type": "a list, like [one, two]",
    "dict_type": "`key: value` lines",
    "model_type": "`key: value` lines",
    "model_attributes_type": "`key: value` lines",
    "string_pattern_mismatch": "text of another form",
}
_LIMITS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}
#: What stands for a pattern.
_FORMS = {"^top-[1-9][0-9]*$": "top-N, like top-10"}
_LONGEST = 60
_KEY = "[key]"  # how pydantic marks a key, in place of its value


class Misfit(NamedTuple):
    """One setting that does not fit: its place in the file, and what is wrong with it.

    ``unknown``: there is no such key, so that a nearer one may be meant.
    """

    place: tuple[str, ...]
    said: str
    unknown: bool = False


def misfits(errors: Iterable[Mapping[str, Any]], raw: Mapping[str, Any]) -> list[Misfit]:
    """One misfit for each place, in the order of pydantic's errors about ``raw``.

    Where a setting may be one of several kinds, pydantic has an error for each of them.
    """
    found: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for error in errors:
        if error["loc"][1:] and error["loc"][-1] == "seed":
            continue  # one seed for all sections: said once, of the one at the top
        found.setdefault(_place(error, raw), []).append(error)
    return [_misfit(place, same) for place, same in found.items()]


def _place(error: Mapping[str, Any], raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys of the file that lead to the value; without the names of pydantic's alternatives."""
    place: list[str] = []
    here: Any = raw
    for part in error["loc"]:
        known = isinstance(here, Mapping) and part in here
        if not known and not (isinstance(here, list | tuple) and isinstance(part, int)):
            break
        here = here[part]
        place.append(str(part))
    return tuple(place[:-1] if error["loc"][-1] == _KEY else place)


def _misfit(place: tuple[str, ...], errors: list[Mapping[str, Any]]) -> Misfit:
    first = errors[0]
    if first["type"] == "extra_forbidden":
        return Misfit(place, "unknown key", unknown=True)
    if first["type"] == "value_error":  # checks of our own speak for themselves
        return Misfit(place, str(first["msg"]).removeprefix("Value error, "))
    expected = " or ".join(dict.fromkeys(_expected(error) for error in errors))
    what = "a key must be" if first["loc"][-1] == _KEY else "expected"
    return Misfit(place, f"{what} {expected}, found {_shown(first['input'])}{_why(first)}")


def _expected(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    if kind in _LIMITS:
        words, name = _LIMITS[kind]
        return f"{words} {error['ctx'][name]:g}"
    if kind == "literal_error":
        return str(error["ctx"]["expected"])
    if kind == "string_pattern_mismatch":
        pattern = str(error["ctx"]["pattern"])
        return _FORMS.get(pattern, pattern)
    return _KINDS.get(kind, str(error["msg"]))


def _why(error: Mapping[str, Any]) -> str:
    """What YAML makes of words that look like something else."""
    if error["type"] != "string_type" or isinstance(error["input"], list | dict | None):
        return ""
    if isinstance(error["input"], bool):
        return " (yes, no, on and off are true and false unless they stand in quotes)"
    return " (a number is text where it stands in quotes)"


def _shown(value: Any) -> str:
    """A value as a config file would have it, cut where it is long."""
    if value is None:
        return "nothing"
    text = repr(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}…"
