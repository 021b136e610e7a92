"""Style of an answer: how long it is and how much markdown it carries."""

from __future__ import annotations

import re
from typing import NamedTuple

from benchbuilder.text.tokens import count_tokens

# From an opening fence to the same fence (or a longer one), or to the end where none closes it.
_CODE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(?:.*?^[ \t]*\1[`~]*[ \t]*$|.*)", re.M | re.S)
_HEADER = re.compile(r"^#{1,6}\s", re.MULTILINE)
_LIST_ITEM = re.compile(r"^[ \t]*(?:(\d+\.)|[-*+])\s", re.MULTILINE)
_BOLD = re.compile(r"\*\*[^*\n]+\*\*|__[^_\n]+__")


class Style(NamedTuple):
    """Counts; markdown inside fenced code blocks is code and counts for nothing but tokens."""

    tokens: int
    headers: int
    lists: int  # items, ordered and unordered
    bold: int
    ordered_lists: int  # the ordered ones of the items
    code_blocks: int


def count_style(text: str) -> Style:
    """The style of one answer.

    ``"# Plan\\n- **one**\\n1. two"`` has 1 header, 2 list items, 1 of them ordered, and 1 bold run.
    """
    prose, code_blocks = _CODE.subn("", text)
    ordered = [bool(number) for number in _LIST_ITEM.findall(prose)]
    return Style(
        tokens=count_tokens(text),
        headers=len(_HEADER.findall(prose)),
        lists=len(ordered),
        bold=len(_BOLD.findall(prose)),
        ordered_lists=sum(ordered),
        code_blocks=code_blocks,
    )
