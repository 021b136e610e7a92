"""Reads the criteria that an annotator lists at the end of its answer.

The rule: an answer that is a JSON object counts with its key ``criteria``; any other with the
**last** bracketed list in it. ``[]`` is a valid zero. Without brackets, a last line that holds
nothing but numbers (``1, 2 and 3``) or says that none is met counts. Everything else has no
criteria but a reason: a failure to read is never seven times False.
"""

from __future__ import annotations

import json
import re

from benchbuilder.schemas import CRITERIA

KNOWN = range(1, len(CRITERIA) + 1)

_FENCE = re.compile(r"\A```[a-z]*\s*\n(.*?)\n?```\Z", re.DOTALL)
_NUMBER = r"['\"]?-?\d+(?:\.\d+)?['\"]?"
_AND_MORE = rf"(?:\s*(?:,\s*and|,|and|&)\s*{_NUMBER})"
_LIST = re.compile(rf"\s*(?:{_NUMBER}{_AND_MORE}*,?)?\s*")
#: A bracket that is empty or begins like a number is meant as the list; ``[Note]`` is not.
_BRACKET = re.compile(r"\[(\s*(?:['\"]?-?\d[^\[\]]*)?)\]")
_CUT_LIST = re.compile(r"\[[\s\d,'\"]*\Z")
_LABEL = r"(?:\**[A-Za-z][\w ]{0,40}:\**)?\s*"
_BARE = re.compile(rf"{_LABEL}({_NUMBER}{_AND_MORE}+)\s*\.?\**")
_NONE = re.compile(
    _LABEL + r"\**none(?: of (?:the|these)(?: (?:seven|7))? criteria)?"
    r"(?: (?:is|are|was|were) (?:met|satisfied|fulfilled)| appl(?:y|ies))?\**\s*\.?\**",
    re.IGNORECASE,
)
_OBJECT_LIST = re.compile(r'"criteria"\s*:\s*(\[[^\[\]]*\])')


def parse_criteria(text: str) -> frozenset[int] | str:
    """The numbers of the criteria that are met, or the reason why they cannot be read.

    Examples: ``"It is precise. [1, 2, 3]"`` gives ``{1, 2, 3}``; ``"[]"`` gives an empty set;
    ``"[1, 2, 8]"``, ``"[1, 2"`` and ``""`` give a reason.
    """
    text = text.strip()
    if not text:
        return "the answer is empty"
    fenced = _FENCE.match(text)
    body = fenced.group(1).strip() if fenced else text
    if body.startswith("{"):
        return _from_object(body)
    return _from_text(text)


def _from_object(body: str) -> frozenset[int] | str:
    try:
        parsed = json.loads(body)
    except ValueError:
        # Small models add words after the object, or break it elsewhere.
        lists = _OBJECT_LIST.findall(body)
        return _from_text(lists[-1]) if lists else "the JSON object is broken or cut"
    numbers = parsed.get("criteria")
    if not isinstance(numbers, list):
        return "the JSON object has no list under `criteria`"
    return _check([str(number) for number in numbers])


def _from_text(text: str) -> frozenset[int] | str:
    if _CUT_LIST.search(text):
        return "the list is cut"
    brackets = _BRACKET.findall(text)
    if brackets:
        last = brackets[-1]
        readable = _LIST.fullmatch(last)
        return _check(_split(last)) if readable else f"not a list of numbers: [{last}]"
    last_line = text.splitlines()[-1].strip()
    bare = _BARE.fullmatch(last_line)
    if bare:
        return _check(_split(bare.group(1)))
    if _NONE.fullmatch(last_line):
        return frozenset()
    return "no list of criteria in the answer"


def _split(numbers: str) -> list[str]:
    return re.findall(r"-?\d+(?:\.\d+)?", numbers)


def _check(numbers: list[str]) -> frozenset[int] | str:
    """Repeated numbers count once; one unknown number spoils the list."""
    known = {str(number): number for number in KNOWN}
    unknown = [number for number in numbers if number not in known]
    if unknown:
        return f"unknown criterion {unknown[0]}: the numbers are {KNOWN[0]} to {KNOWN[-1]}"
    return frozenset(known[number] for number in numbers)
