"""Batches of about equal work: by tokens, of rows of about equal length.

A batch is a rectangle of (rows, tokens). Rows stand in it at their own length rounded up, never at
that of a longer neighbour: little of the rectangle is padding, and what is computed for a row does
not depend on the rows beside it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.intp]
_STEP_TOKENS = 8  # processors like it; and a corpus has few different lengths then


def rounded(length: int) -> int:
    """The length at which a row of so many tokens is calculated.

    >>> rounded(1), rounded(8), rounded(9)
    (8, 8, 16)
    """
    return max(1, -(-length // _STEP_TOKENS)) * _STEP_TOKENS


def token_batches(lengths: npt.NDArray[np.integer], budget: int) -> list[Positions]:
    """Positions of rows, batch by batch, the longest first.

    ``lengths`` counts the tokens of each row. A batch holds rows of one rounded length, and at
    most ``budget`` tokens, padding included; a row longer than that is a batch of its own.

    >>> [list(map(int, batch)) for batch in token_batches(np.array([3, 9, 4, 4]), 16)]
    [[1], [0, 2], [3]]
    """
    wide = np.array([rounded(int(length)) for length in lengths], dtype=np.intp)
    order = np.argsort(-wide, kind="stable")
    batches: list[Positions] = []
    for length in np.unique(wide)[::-1]:
        alike = order[wide[order] == length]
        step = max(1, budget // int(length))
        batches += [alike[start : start + step] for start in range(0, len(alike), step)]
    return batches
