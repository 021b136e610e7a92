"""What stands for a text that is longer than an encoder reads."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, TypeVar

import numpy as np

from benchbuilder.encoders.protocol import Counts, Vectors

Policy = Literal["head", "head-tail", "windows"]
Sequential = TypeVar("Sequential", str, list[int])


def pieces(text: Sequential, room: int, policy: Policy) -> list[Sequential]:
    """The pieces of a text that are read, each at most ``room`` long (at least 1).

    ``head``: its beginning. ``head-tail``: beginning and end, joined to one piece.
    ``windows``: all of it in windows whose lengths differ by one at most, so that their plain
    mean weighs every part alike. A text that fits is one piece.

    >>> pieces("abcdefg", 4, "head"), pieces("abcdefg", 4, "head-tail")
    (['abcd'], ['abfg'])
    >>> pieces("abcdefg", 4, "windows")
    ['abcd', 'efg']
    """
    if len(text) <= room:
        return [text]
    if policy == "head":
        return [text[:room]]
    if policy == "head-tail":
        tail = room // 2
        return [text[: room - tail] + text[len(text) - tail :]]
    return _windows(text, -(-len(text) // room))


def mean_of_windows(vectors: Vectors, windows: Counts) -> Vectors:
    """One unit vector a text, (n, d), from those of its windows, which stand one after the other.

    ``windows`` (n,) counts them; the mean is taken of unit vectors.
    """
    if len(vectors) == len(windows):
        return vectors
    sums = np.add.reduceat(vectors, np.cumsum(windows) - windows, axis=0)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    means = sums / np.maximum(lengths, np.float32(1e-12))
    found: Vectors = np.where(windows[:, None] > 1, means, sums)
    return found


def _windows(text: Sequential, count: int) -> list[Sequential]:
    size, longer = divmod(len(text), count)
    starts = [place * size + min(place, longer) for place in range(count + 1)]
    return [text[start:stop] for start, stop in pairwise(starts)]
