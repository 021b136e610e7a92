"""Which texts must stay together in cross-validation, and how they are dealt out into folds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchbuilder.distilled.ngrams import hashed_ngrams

Ints = npt.NDArray[np.int64]

_DIMENSION = 1 << 16
_BLOCK_ROWS = 1_000


def near_duplicate_groups(texts: Sequence[str], similarity: float = 0.8) -> Ints:
    """Group number of every text, shape (n,): near-duplicates, and chains of them, share one.

    Two texts are near-duplicates when their sets of words and word pairs have a cosine of at
    least `similarity`. Compares all pairs in sparse blocks: a second for 3,000 texts, about a
    minute for 20,000.
    """
    from scipy.sparse import csr_array, vstack
    from scipy.sparse.csgraph import connected_components

    if not len(texts):
        return np.zeros(0, dtype=np.int64)
    grams = hashed_ngrams(texts, _DIMENSION)
    rows = csr_array((grams.values, grams.columns, grams.starts), shape=(len(texts), _DIMENSION))
    columns = rows.T.tocsr()
    blocks: list[Any] = [
        (rows[start : start + _BLOCK_ROWS] @ columns) >= similarity
        for start in range(0, len(texts), _BLOCK_ROWS)
    ]
    _, groups = connected_components(vstack(blocks), directed=False)
    return np.asarray(groups, dtype=np.int64)


def deal_folds(groups: Ints, folds: int, seed: int) -> Ints:
    """Fold number of every row, shape (n,): groups in random order, each to the smallest fold."""
    names, sizes = np.unique(groups, return_counts=True)
    fold_sizes = np.zeros(folds, dtype=np.int64)
    fold_of = np.zeros(len(names), dtype=np.int64)
    for group in np.random.default_rng(seed).permutation(len(names)):
        smallest = int(np.argmin(fold_sizes))
        fold_of[group] = smallest
        fold_sizes[smallest] += sizes[group]
    return fold_of[np.searchsorted(names, groups)]
