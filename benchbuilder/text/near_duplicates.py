"""Near-copies among many texts: MinHash signatures by rensa, bands in numpy, one keeper for each.

Two texts are near-copies when their sets of words overlap enough (Jaccard, estimated from 126
hashes), only a few words differ in all, and these are none that decide what is asked
(``word_marks``). The second condition lets long texts be that share a frame and ask for something
else, the third those that swap a name or a number. Memory is 0.65 KB for each text; nothing depends
on chance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchbuilder.text.word_marks import (
    Marks,
    ask_the_same,
    is_written_without_spaces,
    word_marks,
)

Signatures = NDArray[np.uint32]

# 21 bands of 6: texts with a similarity of .75 share a band with a probability of 99 %.
_BANDS, _ROWS = 21, 6
_HASHES = _BANDS * _ROWS
_SEED = 42
#: Words that may differ between two near-copies, both sides counted.
MAX_DIFFERENT_WORDS = 6

# The words of so many texts stay in a processor's cache while they are worked on.
_AT_ONCE = 64
_EDGES = "\"'()[]{}<>*_`.,;:!?-#=~|/\\"
_WIDE_STEP = 2  # scripts without spaces are cut into pairs of characters


class NearDuplicates:
    """Collects texts in order, then names the earlier text that each near-copy repeats."""

    def __init__(self, similarity: float) -> None:
        self._similarity = similarity
        self._parts: list[Signatures] = []
        self._sizes: list[NDArray[np.int32]] = []
        self._marks: list[Marks] = []
        self._groups: list[NDArray[np.int64]] = []

    def add(self, normalised: Sequence[str], groups: Sequence[int]) -> None:
        """Add texts in their normal form; only texts of one group are compared."""
        for start in range(0, len(normalised), _AT_ONCE):
            stop = start + _AT_ONCE
            self._add(normalised[start:stop], groups[start:stop])

    def _add(self, normalised: Sequence[str], groups: Sequence[int]) -> None:
        import rensa

        words = [_words(text) for text in normalised]
        matrix = rensa.RMinHash.digest_matrix_from_token_sets(words, _HASHES, _SEED)
        self._parts.append(np.array(matrix.to_rows(), dtype=np.uint32))
        self._sizes.append(np.array([len(one) for one in words], dtype=np.int32))
        self._marks.append(word_marks(words))
        self._groups.append(np.array(groups, dtype=np.int64))

    def keepers(self) -> dict[int, int]:
        """For the place of each near-copy, the place of the text that is kept instead of it.

        A keeper is always earlier, is itself no near-copy, and is alike enough to what it replaces:
        chains of small steps do not add up. To be called once, at the end.
        """
        if not self._parts:
            return {}
        signatures = np.concatenate(self._parts)
        self._parts.clear()
        alike = _Alike(
            signatures,
            np.concatenate(self._sizes),
            np.concatenate(self._marks),
            np.concatenate(self._groups),
            self._similarity,
        )
        pairs = _alike_pairs(signatures, alike)
        keeper: dict[int, int] = {}
        for later, earlier in pairs.tolist():
            if later in keeper:
                continue
            first = keeper.get(earlier, earlier)
            if first == earlier or alike(np.array([later]), np.array([first]))[0]:
                keeper[later] = first
        return keeper


_CHUNK = 50_000


class _Alike:
    """Whether texts are near-copies, by their places."""

    def __init__(
        self,
        signatures: Signatures,
        sizes: NDArray[np.int32],
        marks: Marks,
        groups: NDArray[np.int64],
        similarity: float,
    ) -> None:
        self._signatures, self._sizes, self._groups = signatures, sizes, groups
        self._marks, self._similarity = marks, similarity

    def __call__(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
        verdicts = [
            self._check(left[start : start + _CHUNK], right[start : start + _CHUNK])
            for start in range(0, len(left), _CHUNK)
        ]
        return np.concatenate(verdicts) if verdicts else np.zeros(0, dtype=np.bool_)

    def _check(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
        same = (self._signatures[left] == self._signatures[right]).mean(axis=1)
        # |A ∪ B| − |A ∩ B| from J = |A ∩ B| / |A ∪ B| and |A| + |B|
        different = (1 - same) / (1 + same) * (self._sizes[left] + self._sizes[right])
        alike: NDArray[np.bool_] = (
            (same >= self._similarity)
            & (different <= MAX_DIFFERENT_WORDS)
            & (self._groups[left] == self._groups[right])
            & ask_the_same(
                self._marks[left],
                self._marks[right],
                np.maximum(self._sizes[left], self._sizes[right]),
            )
        )
        return alike


def _alike_pairs(signatures: Signatures, alike: _Alike) -> NDArray[np.int64]:
    """Pairs (later, earlier) of near-copies that share a band.

    In each band a text meets the one before it and the first. The pairs are sorted, so that what
    is decided about a text is decided before it is needed.
    """
    places = np.arange(len(signatures))
    found = np.zeros(0, dtype=np.int64)  # later * number of texts + earlier
    for band in range(_BANDS):
        key = _mixed(np.ascontiguousarray(signatures[:, band * _ROWS : (band + 1) * _ROWS]))
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        starts = np.r_[True, ordered[1:] != ordered[:-1]]
        first = np.maximum.accumulate(np.where(starts, places, 0))
        later = np.flatnonzero(~starts)
        earlier = np.concatenate([order[later - 1], order[first[later]]])
        pairs = np.unique(np.tile(order[later], 2) * len(signatures) + earlier)
        pairs = np.setdiff1d(pairs, found, assume_unique=True)
        pairs = pairs[alike(*np.divmod(pairs, len(signatures)))]
        found = np.union1d(found, pairs)
    return np.stack(np.divmod(found, len(signatures)), axis=1)


def _mixed(part: Signatures) -> NDArray[np.uint64]:
    """One 64-bit key for each row (FNV-1a over words)."""
    key = np.full(len(part), 0xCBF29CE484222325, dtype=np.uint64)
    for column in part.T:
        key = (key ^ column.astype(np.uint64)) * np.uint64(0x100000001B3)
        key ^= key >> np.uint64(29)
    return key


def _words(text: str) -> set[str]:
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
