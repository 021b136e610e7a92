"""What near-copies are found by, worked out text by text: MinHash by rensa, and the marks of words.

It depends on a text alone, so any process may do it; which text repeats which is decided from all
of them (``near_duplicates``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchbuilder.text.word_marks import (
    MARK_COLUMNS,
    Marks,
    is_written_without_spaces,
    word_marks,
)

# 21 bands of 6: texts with a similarity of .75 share a band with a probability of 99 %.
BANDS, BAND_HASHES = 21, 6
HASHES = BANDS * BAND_HASHES
_SEED = 42

# The words of so many texts stay in a processor's cache while they are worked on.
_AT_ONCE = 64
_EDGES = "\"'()[]{}<>*_`.,;:!?-#=~|/\\"
_WIDE_STEP = 2  # scripts without spaces are cut into pairs of characters


class Signatures(NamedTuple):
    """Of n texts: shapes (n, HASHES), (n,), (n, columns of marks) and (n,)."""

    hashes: NDArray[np.uint32]
    sizes: NDArray[np.int32]  # distinct words
    marks: Marks
    groups: NDArray[np.int64]  # only texts of one group are compared

    def only(self, wanted: Sequence[bool]) -> Signatures:
        """Those of the wanted texts; a truth value for each text."""
        mask = np.array(wanted, dtype=np.bool_)
        return Signatures(self.hashes[mask], self.sizes[mask], self.marks[mask], self.groups[mask])


def signatures_of(normalised: Sequence[str], groups: Sequence[int]) -> Signatures:
    """The signatures of texts in their normal form."""
    import rensa

    count = len(normalised)
    hashes = np.zeros((count, HASHES), dtype=np.uint32)
    sizes = np.zeros(count, dtype=np.int32)
    marks = np.zeros((count, MARK_COLUMNS), dtype=np.uint64)
    for start in range(0, count, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        words = [words_of(text) for text in normalised[part]]
        hashes[part] = rensa.RMinHash.digest_matrix_from_token_sets(words, HASHES, _SEED).to_rows()
        sizes[part] = [len(one) for one in words]
        marks[part] = word_marks(words)
    return Signatures(hashes, sizes, marks, np.array(groups, dtype=np.int64))


def words_of(text: str) -> set[str]:
    """The distinct words of a text; a text without any counts as one word."""
    words = {word.strip(_EDGES) for word in text.split()}
    words.discard("")
    if not text.isascii():
        words = {piece for word in words for piece in _pieces(word)}
    return words or {text}


def _pieces(word: str) -> list[str]:
    if len(word) <= _WIDE_STEP or not is_written_without_spaces(word):
        return [word]
    return [word[i : i + _WIDE_STEP] for i in range(len(word) - 1)]
