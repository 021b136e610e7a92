"""Exact nearest neighbours by cosine distance.

Up to some twenty thousand vectors this beats an approximate search: nothing is compiled, nothing
is drawn at random, no neighbour is missed. Time grows with the square of the rows: 18,028 vectors
of 384 numbers took 3 s on two cores, where the approximate search took 27 s in a fresh process
(nearly all of it compiling) and found 94 % of the neighbours.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Stored = npt.NDArray[np.floating[Any]]
"""Vectors as they are kept; whoever calculates turns a block of them into float32."""

Indices = npt.NDArray[np.int32]

_BLOCK_ROWS = 512
_MOST_THREADS = 8  # each holds a block's cosines to everything
Block = TypeVar("Block")
Found = TypeVar("Found")


def over_blocks(work: Callable[[Block], Found], blocks: Iterable[Block]) -> list[Found]:
    """What comes of each block, in order; blocks share the cores.

    The caller limits the threads of a single matrix product to one (see ``density.one_thread``),
    which makes the answer the same on any number of cores.
    """
    with ThreadPoolExecutor(min(_MOST_THREADS, os.cpu_count() or 1)) as pool:
        return list(pool.map(work, blocks))


def exact_neighbors(vectors: Vectors, k: int) -> tuple[Indices, Vectors]:
    """The ``k`` nearest rows of every row, itself included, and their cosine distances.

    ``vectors`` (n, d) have length one. Both answers are (n, min(k, n)), nearest first, and equal
    distances are ordered by row. The caller limits threads (see ``over_blocks``).
    """
    k = min(k, len(vectors))
    starts = range(0, len(vectors), _BLOCK_ROWS)
    blocks = over_blocks(lambda start: _nearest_of_block(vectors, start, k), starts)
    return np.concatenate([b[0] for b in blocks]), np.concatenate([b[1] for b in blocks])


def _nearest_of_block(vectors: Vectors, start: int, k: int) -> tuple[Indices, Vectors]:
    """A partition of values and a look at what reaches the last of them: half as long as a
    partition of indices."""
    rows = np.arange(start, min(start + _BLOCK_ROWS, len(vectors)))
    cosines = vectors[rows] @ vectors.T
    cosines[np.arange(len(rows)), rows] = 2  # a row is its own nearest, also among duplicates
    last = len(vectors) - k
    reached = cosines >= np.partition(cosines, last, axis=1)[:, last : last + 1]
    block, columns = np.nonzero(reached)  # more than k a row where distances are equal
    distances = np.maximum(0, 1 - cosines[block, columns])
    distances[columns == rows[block]] = -1
    order = np.lexsort((columns, distances, block))
    first = np.searchsorted(block, np.arange(len(rows)))
    kept = order[first[:, None] + np.arange(k)]
    found = np.maximum(0, distances[kept])
    return columns[kept].astype(np.int32), found.astype(np.float32)
