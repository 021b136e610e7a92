"""Near-copies among many texts: bands of MinHash signatures in numpy, one keeper for each.

Two texts are near-copies when their sets of words overlap enough (Jaccard, estimated from 126
hashes), only a few words differ in all, and these are none that decide what is asked
(``word_marks``). The second condition lets long texts be that share a frame and ask for something
else, the third those that swap a name or a number. Signatures wait on nameless files, 0.8 KB for
each text; at the end memory holds some 60 bytes for each. Nothing depends on chance.
"""

from __future__ import annotations

import tempfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchbuilder.text.signatures import BAND_HASHES, BANDS, Signatures
from benchbuilder.text.word_marks import ask_the_same

#: Words that may differ between two near-copies, both sides counted.
MAX_DIFFERENT_WORDS = 6

_CHUNK = 50_000


class _Column:
    """Rows of numbers of one kind: written to a nameless file as they come, then read as mapped."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this object
        self._like: NDArray[Any] | None = None

    def add(self, rows: NDArray[Any]) -> None:
        self._like = rows[:0]
        self._file.write(np.ascontiguousarray(rows).data)

    def read(self) -> NDArray[Any]:
        """All rows; from now on none can be added."""
        assert self._like is not None
        self._file.flush()
        numbers = np.memmap(self._file, dtype=self._like.dtype, mode="r").view(np.ndarray)
        return numbers.reshape(-1, *self._like.shape[1:])

    def close(self) -> None:
        self._file.close()


class NearDuplicates:
    """Collects texts in order, then names the earlier text that each near-copy repeats."""

    def __init__(self, similarity: float) -> None:
        self._similarity = similarity
        self._columns = [_Column() for _ in Signatures._fields]
        self._count = 0

    def add(self, signatures: Signatures) -> None:
        """Add texts by their signatures."""
        self._count += len(signatures.sizes)
        arrays: tuple[NDArray[Any], ...] = signatures
        for column, rows in zip(self._columns, arrays, strict=True):
            column.add(rows)

    def close(self) -> None:
        """Throw the signatures away."""
        for column in self._columns:
            column.close()

    def keepers(self) -> dict[int, int]:
        """For the place of each near-copy, the place of the text that is kept instead of it.

        A keeper is always earlier, is itself no near-copy, and is alike enough to what it replaces:
        chains of small steps do not add up. To be called once, at the end.
        """
        if not self._count:
            return {}
        signatures = Signatures(*(column.read() for column in self._columns))
        alike = _Alike(signatures, self._similarity)
        keeper: dict[int, int] = {}
        for later, earlier in _alike_pairs(_band_keys(signatures.hashes), alike).tolist():
            if later in keeper:
                continue
            first = keeper.get(earlier, earlier)
            if first == earlier or alike(np.array([later]), np.array([first]))[0]:
                keeper[later] = first
        return keeper


class _Alike:
    """Whether texts are near-copies, by their places."""

    def __init__(self, signatures: Signatures, similarity: float) -> None:
        self._of, self._similarity = signatures, similarity

    def __call__(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
        verdicts = [
            self._check(left[start : start + _CHUNK], right[start : start + _CHUNK])
            for start in range(0, len(left), _CHUNK)
        ]
        return np.concatenate(verdicts) if verdicts else np.zeros(0, dtype=np.bool_)

    def _check(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
        hashes, sizes, marks, groups = self._of
        same = (hashes[left] == hashes[right]).mean(axis=1)
        # |A ∪ B| − |A ∩ B| from J = |A ∩ B| / |A ∪ B| and |A| + |B|
        different = (1 - same) / (1 + same) * (sizes[left] + sizes[right])
        alike: NDArray[np.bool_] = (
            (same >= self._similarity)
            & (different <= MAX_DIFFERENT_WORDS)
            & (groups[left] == groups[right])
            & ask_the_same(marks[left], marks[right], np.maximum(sizes[left], sizes[right]))
        )
        return alike


def _band_keys(hashes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """One 64-bit key for each band and text, on a nameless file that holds band after band."""
    with tempfile.TemporaryFile() as file:
        shape = BANDS, len(hashes)
        keys = np.memmap(file, dtype=np.uint64, mode="w+", shape=shape).view(np.ndarray)
    for start in range(0, len(hashes), _CHUNK):
        part = hashes[start : start + _CHUNK].reshape(-1, BANDS, BAND_HASHES)
        keys[:, start : start + len(part)] = _mixed(part).T
    return keys


def _alike_pairs(keys: NDArray[np.uint64], alike: _Alike) -> NDArray[np.int64]:
    """Pairs (later, earlier) of near-copies that share a band.

    In each band a text meets the one before it and the first. The pairs are sorted, so that what
    is decided about a text is decided before it is needed.
    """
    count = keys.shape[1]
    places = np.arange(count)
    found = np.zeros(0, dtype=np.int64)  # later * number of texts + earlier
    for key in keys:
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        starts = np.r_[True, ordered[1:] != ordered[:-1]]
        first = np.maximum.accumulate(np.where(starts, places, 0))
        later = np.flatnonzero(~starts)
        earlier = np.concatenate([order[later - 1], order[first[later]]])
        pairs = np.unique(np.tile(order[later], 2) * count + earlier)
        pairs = np.setdiff1d(pairs, found, assume_unique=True)
        pairs = pairs[alike(*np.divmod(pairs, count))]
        found = np.union1d(found, pairs)
    return np.stack(np.divmod(found, count), axis=1)


def _mixed(hashes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """One 64-bit key from the last axis (FNV-1a over words)."""
    key = np.full(hashes.shape[:-1], 0xCBF29CE484222325, dtype=np.uint64)
    for place in range(hashes.shape[-1]):
        key = (key ^ hashes[..., place].astype(np.uint64)) * np.uint64(0x100000001B3)
        key ^= key >> np.uint64(29)
    return key
