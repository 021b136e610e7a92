"""A coarser level: topics whose centroids lie close together form an area."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from benchbuilder.clustering.density import NOISE, Labels
from benchbuilder.clustering.neighbors import Vectors

_LEAST_TOPICS = 6  # of fewer, areas would be the topics themselves


def number_of_areas(topics: int, asked: int | Literal["auto"]) -> int:
    """How many areas so many topics form: √topics, none for fewer than 6; or what was asked for.

    >>> [number_of_areas(topics, "auto") for topics in (5, 6, 50, 377)]
    [0, 2, 7, 19]
    """
    if asked != "auto":
        return min(asked, topics)
    return round(math.sqrt(topics)) if topics >= _LEAST_TOPICS else 0


def find_areas(
    vectors: Vectors,
    sizes: Sequence[int],
    before: Labels,
    asked: int | Literal["auto"],
    first: int = 0,
) -> Labels:
    """The number of the area of each topic (k,), -1 for none.

    ``vectors`` (k, d) are the topics' centroids, ``sizes`` (k,) their prompts, ``before`` (k,) the
    areas of topics that go on, -1 for new ones. Topics keep their area, however few they are, and
    new ones join the area whose mean centroid is the nearest. Where no topic has one, areas are
    made by Ward's method (1963) and numbered from ``first`` by their prompts, the largest first.
    """
    if asked != 0 and (before != NOISE).any():
        return _join(vectors, before)
    count = number_of_areas(len(vectors), asked)
    if not count:
        return np.full(len(vectors), NOISE, dtype=np.int64)
    if count == 1:
        return np.full(len(vectors), first, dtype=np.int64)
    from sklearn.cluster import AgglomerativeClustering

    found = AgglomerativeClustering(n_clusters=count, linkage="ward").fit_predict(vectors)
    totals = np.bincount(found, weights=np.asarray(sizes, dtype=np.float64), minlength=count)
    earliest = np.array([int(np.argmax(found == area)) for area in range(count)])
    places = np.empty(count, dtype=np.int64)
    places[np.lexsort((earliest, -totals))] = first + np.arange(count)
    return np.asarray(places[found])


def _join(vectors: Vectors, before: Labels) -> Labels:
    numbers = np.unique(before[before != NOISE])
    means = np.stack([vectors[before == number].mean(axis=0) for number in numbers])
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    near = numbers[(vectors @ means.T).argmax(axis=1)]
    return np.where(before == NOISE, near, before)
