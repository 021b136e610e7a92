"""What was found out about a word, remembered: texts are new, their words hardly ever are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

_WORDS = 1 << 16  # some 10 MB; then everything is forgotten
_LONGEST_WORD = 64  # a script without spaces makes words of whole sentences, which do not come back


class Remembered(dict[str, Found]):
    """A pure function of a word as a mapping that fills itself.

    >>> lengths = Remembered(len)
    >>> sum(map(lengths.__getitem__, "as long as it takes".split()))
    15
    """

    def __init__(self, function: Callable[[str], Found]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, word: str) -> Found:
        found = self._function(word)
        if len(word) <= _LONGEST_WORD:
            if len(self) >= _WORDS:
                self.clear()
            self[word] = found
        return found
