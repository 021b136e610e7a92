"""Labels and centroids: order by size, the nearest centroid, the rows nearest to it."""

from __future__ import annotations

import numpy as np

from benchbuilder.clustering.density import NOISE, Labels
from benchbuilder.clustering.neighbors import Vectors

_STEP_ROWS = 8192


def order_by_size(labels: Labels) -> Labels:
    """Labels renamed 0, 1, … from the largest group to the smallest; noise stays -1.

    Groups of one size are ordered by their first row, so the names do not depend on the names
    that came in.

    >>> order_by_size(np.array([7, 2, 2, -1, 7, 2, 9])).tolist()
    [1, 0, 0, -1, 1, 0, 2]
    """
    names, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    real = names != NOISE
    order = np.lexsort((first[real], -sizes[real]))
    renamed = np.full(len(labels), NOISE, dtype=np.int64)
    for new, old in enumerate(names[real][order]):
        renamed[labels == old] = new
    return renamed


def centroids(vectors: Vectors, labels: Labels) -> Vectors:
    """Unit mean vector of each label 0, 1, … (noise is left out), (labels, d)."""
    members = np.flatnonzero(labels != NOISE)
    order = members[np.argsort(labels[members], kind="stable")]
    starts = np.flatnonzero(np.diff(labels[order], prepend=NOISE))
    sums = np.add.reduceat(vectors[order], starts, axis=0)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.maximum(lengths, 1e-12), dtype=np.float32)


def nearest_centroid(vectors: Vectors, centers: Vectors) -> tuple[Labels, Vectors]:
    """The nearest centroid of each row and the cosine similarity to it, cut to 0..1."""
    labels = np.empty(len(vectors), dtype=np.int64)
    similarity = np.empty(len(vectors), dtype=np.float32)
    for start in range(0, len(vectors), _STEP_ROWS):
        rows = slice(start, start + _STEP_ROWS)
        cosines = vectors[rows] @ centers.T
        labels[rows] = cosines.argmax(axis=1)
        similarity[rows] = np.clip(cosines.max(axis=1), 0, 1)
    return labels, similarity


def nearest_rows(vectors: Vectors, labels: Labels, centers: Vectors, count: int) -> list[list[int]]:
    """For each centroid, up to ``count`` rows of its label, the nearest first."""
    examples = []
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(len(centers) + 1))
    for label, center in enumerate(centers):
        rows = order[bounds[label] : bounds[label + 1]]
        nearest = np.argsort(-(vectors[rows] @ center), kind="stable")[:count]
        examples.append([int(row) for row in rows[nearest]])
    return examples
