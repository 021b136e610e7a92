"""Reads the name that a model gives to a group of prompts."""

from __future__ import annotations

import json
import re

MOST_CHARS, MOST_WORDS = 60, 8

_BLOCK = re.compile(r"\A```[a-z]*\s*\n(.*?)\n?```\Z", re.DOTALL)
_LABEL = re.compile(r"\A\W*(?:topic )?name\W*:\s*", re.IGNORECASE)
_AROUND = " \t\"'`*“”‘’«»"
_SAYS_NOTHING = frozenset({"none", "n/a", "unknown", "untitled", "topic", "name", "other", "misc"})


def parse_name(text: str) -> tuple[str, None] | tuple[None, str]:
    """``(name, None)``, or ``(None, reason)``.

    A JSON object counts with its key ``name``, which holds one text; any other answer is the name
    itself and must be one line.

    >>> parse_name('{"name": "SQL joins"}')
    ('SQL joins', None)
    >>> parse_name("SQL joins\\nChess openings")
    (None, 'several names')
    """
    text = text.strip()
    fenced = _BLOCK.match(text)
    body = fenced.group(1).strip() if fenced else text
    if body.startswith(("{", "[")):
        try:
            found = json.loads(body)
        except ValueError:
            return None, "the JSON object is broken or cut"
        given = found.get("name") if isinstance(found, dict) else found
        if isinstance(given, list):
            if len(given) != 1:
                return None, "several names" if given else "no name"
            given = given[0]
        if not isinstance(given, str):
            return None, "no name"
        body = given
    return _check(body)


def _check(body: str) -> tuple[str, None] | tuple[None, str]:
    lines = [line for line in body.splitlines() if line.strip()]
    if len(lines) > 1:
        return None, "several names"
    name = " ".join(_LABEL.sub("", lines[0]).split()).lstrip("#") if lines else ""
    name = name.strip(_AROUND).rstrip(".:;,").rstrip(_AROUND)
    if not any(sign.isalnum() for sign in name) or name.casefold() in _SAYS_NOTHING:
        return None, "no name"
    if len(name) > MOST_CHARS or len(name.split()) > MOST_WORDS:
        return None, "too long"
    return name, None
