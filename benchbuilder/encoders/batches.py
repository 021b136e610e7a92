"""Batches of about equal work: by tokens, over texts sorted by length.

A batch is a rectangle of (texts, longest text). Neighbours in a sorted order are almost equally
long, so next to nothing of the rectangle is padding.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.intp]


def token_batches(lengths: npt.NDArray[np.integer], budget: int) -> list[Positions]:
    """Positions of texts, batch by batch, the longest first.

    ``lengths`` counts the tokens of each text. A batch holds at most ``budget`` tokens, padding
    included; a text longer than that is a batch of its own. The result depends on nothing else:
    no thread count, no free memory.

    >>> [list(map(int, batch)) for batch in token_batches(np.array([3, 9, 4, 4]), 12)]
    [[1], [2, 3, 0]]
    """
    order = np.argsort(-np.asarray(lengths), kind="stable")
    batches, start = [], 0
    while start < len(order):
        longest = max(1, int(lengths[order[start]]))
        stop = start + max(1, budget // longest)
        batches.append(order[start:stop])
        start = stop
    return batches
