"""Marks that dumps leave where something was taken out. They stay as they are; they are counted."""

from __future__ import annotations

import re

from benchbuilder.text.repair import Counts

_placeholders = {
    "name": re.compile(r"\bNAME_\d+\b|\[Name_?\d*\]"),
    "anonymized": re.compile(r"<(?:anonymi[sz]ed|redacted|[A-Z][A-Z_]{2,20}(?:_\d+)?)>"),
    "special_token": re.compile(r"<\|[A-Za-z0-9_]{2,40}\|>|\[/?INST\]"),
}


def count_placeholders(text: str) -> Counts:
    """How many there are of each kind.

    >>> count_placeholders("NAME_1 wrote <|endoftext|>")
    {'name': 1, 'special_token': 1}
    """
    if not any(sign in text for sign in ("<", "[", "NAME_")):
        return {}
    found = {kind: len(pattern.findall(text)) for kind, pattern in _placeholders.items()}
    return {kind: count for kind, count in found.items() if count}
