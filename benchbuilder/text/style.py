"""Style of an answer: how long it is and how much markdown it carries."""

from __future__ import annotations

import re
from typing import NamedTuple

from benchbuilder.text.tokens import count_tokens

# From an opening fence to the same fence (or a longer one), or to the end where none closes it.
_CODE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(?:.*?^[ \t]*\1[`~]*[ \t]*$|.*)", re.M | re.S)
_HEADER = re.compile(r"^#{1,6}\s", re.MULTILINE)
_LIST_ITEM = re.compile(r"^[ \t]*(?:\d+\.|[-*+])\s", re.MULTILINE)
_BOLD = re.compile(r"\*\*[^*\n]+\*\*|__[^_\n]+__")


class Style(NamedTuple):
    """Counts; markdown inside fenced code blocks is code and counts for nothing but tokens."""

    tokens: int
    headers: int
    lists: int  # items, ordered and unordered
    bold: int


def count_style(text: str) -> Style:
    """The style of one answer.

    ``"# Plan\\n- **one**\\n- two"`` has 1 header, 2 list items and 1 bold run.
    """
    prose = _CODE.sub("", text)
    return Style(
        tokens=count_tokens(text),
        headers=len(_HEADER.findall(prose)),
        lists=len(_LIST_ITEM.findall(prose)),
        bold=len(_BOLD.findall(prose)),
    )
