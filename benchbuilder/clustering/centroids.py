"""Centroids of topics, what lies close to them, and how sure one can be of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchbuilder.clustering.density import NOISE, Labels
from benchbuilder.clustering.neighbors import Stored, Vectors, over_blocks

_STEP_ROWS = 8192
_FLOOR_SHARE = 0.05
"""The share of a topic's core that lies below its floor. With .05, new prompts are turned away as
often as clustering calls them noise (.24 and .24 on 18,028 real prompts, four fifths clustered)."""

_SHARPNESS = 20.0
"""Makes confidences honest: with it their mean was .62 where .66 of the prompts were right (half
of the same prompts clustered, the others assigned); with 10 it was .23, with 40 .83."""


@dataclass(frozen=True)
class Centroids:
    """Unit vectors (k, d), and the cosine (k,) from which a prompt belongs to each."""

    vectors: Vectors
    floors: Vectors

    def __len__(self) -> int:
        return len(self.vectors)

    def take(self, rows: Labels) -> Centroids:
        return Centroids(self.vectors[rows], self.floors[rows])

    def followed_by(self, others: Centroids) -> Centroids:
        return Centroids(
            np.concatenate([self.vectors, others.vectors]),
            np.concatenate([self.floors, others.floors]),
        )


@dataclass(frozen=True)
class Nearest:
    """For each of n vectors: its nearest centroid, the cosine to it, and the confidence.

    The confidence, 0 to 1, is what the nearest one gets of exp(20 · cosine), summed over all
    centroids: near 1 where the next one is far off, 1 / 2 between two.
    """

    labels: Labels
    cosines: Vectors
    confidences: Vectors


def centroids(vectors: Stored, labels: Labels) -> Centroids:
    """Of each label 0, 1, … (noise is left out): its unit mean vector and its floor.

    ``labels`` leave no number out. Sums are made block by block in the order of the rows.
    """
    count = int(labels.max(initial=NOISE)) + 1
    sums = np.zeros((count, vectors.shape[1]), dtype=np.float64)
    for rows in _blocks(len(vectors)):
        inside = np.flatnonzero(labels[rows] != NOISE)
        order = inside[np.argsort(labels[rows][inside], kind="stable")]
        if len(order):
            block = vectors[rows][order].astype(np.float64)
            starts = np.flatnonzero(np.diff(labels[rows][order], prepend=NOISE))
            sums[labels[rows][order][starts]] += np.add.reduceat(block, starts, axis=0)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    centers = np.asarray(sums / np.maximum(lengths, 1e-12), dtype=np.float32)
    return Centroids(centers, _floors(vectors, labels, centers))


def _floors(vectors: Stored, labels: Labels, centers: Vectors) -> Vectors:
    """The cosine that all but 5 % of a topic's members reach."""
    members = np.flatnonzero(labels != NOISE)
    cosines = cosines_to(vectors, members, labels[members], centers)
    order = np.lexsort((cosines, labels[members]))
    sizes = np.bincount(labels[members], minlength=len(centers))
    starts = np.cumsum(sizes) - sizes
    return np.asarray(cosines[order][starts + (_FLOOR_SHARE * (sizes - 1)).astype(np.int64)])


def cosines_to(vectors: Stored, rows: Labels, labels: Labels, centers: Vectors) -> Vectors:
    """The cosine of each of ``rows`` to the centroid that stands for it in ``labels``."""
    found = np.empty(len(rows), dtype=np.float32)
    for part in _blocks(len(rows)):
        block = vectors[rows[part]].astype(np.float32)
        found[part] = np.einsum("ij,ij->i", block, centers[labels[part]])
    return found


def nearest(vectors: Stored, centers: Vectors) -> Nearest:
    """The nearest of ``centers`` (k, d), k at least 1, for each of ``vectors`` (n, d).

    The caller limits threads (see ``neighbors.over_blocks``).
    """
    labels = np.empty(len(vectors), dtype=np.int64)
    cosines = np.empty(len(vectors), dtype=np.float32)
    confidences = np.empty(len(vectors), dtype=np.float32)

    def look(rows: slice) -> None:
        every = vectors[rows].astype(np.float32) @ centers.T
        labels[rows] = every.argmax(axis=1)
        cosines[rows] = every.max(axis=1)
        every -= cosines[rows][:, None]
        every *= _SHARPNESS
        confidences[rows] = 1 / np.exp(every, out=every).sum(axis=1)

    over_blocks(look, _blocks(len(vectors)))
    return Nearest(labels, cosines, confidences)


def order_by_size(labels: Labels, after: int = 0) -> npt.NDArray[np.int64]:
    """Labels from ``after`` on, from the largest group to the smallest; noise is no group.

    Groups of one size are ordered by their first row, so the names that came in do not matter.

    >>> order_by_size(np.array([7, 2, 2, -1, 7, 2, 9])).tolist()
    [2, 7, 9]
    """
    names, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    real = (names != NOISE) & (names >= after)
    return np.asarray(names[real][np.lexsort((first[real], -sizes[real]))], dtype=np.int64)


def _blocks(rows: int) -> Iterator[slice]:
    return (slice(start, start + _STEP_ROWS) for start in range(0, rows, _STEP_ROWS))
