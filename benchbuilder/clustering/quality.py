"""How well topics hold together."""

from __future__ import annotations

import numpy as np

from benchbuilder.clustering.centroids import centroids
from benchbuilder.clustering.density import NOISE, Labels
from benchbuilder.clustering.neighbors import Vectors

_SAMPLE_ROWS = 20_000


def simplified_silhouette(vectors: Vectors, labels: Labels, seed: int) -> float | None:
    """Mean of (b - a) / max(a, b), -1 to 1; ``None`` with fewer than two topics.

    a is the cosine distance of a vector to the centroid of its topic, b to the nearest other
    centroid (Hruschka, de Castro and Campello 2004): the silhouette without its quadratic cost.
    Above 20,000 vectors a seeded sample stands for all. Noise is left out.
    """
    centers = centroids(vectors, labels)
    rows = np.flatnonzero(labels != NOISE)
    if len(centers) < 2:
        return None
    if len(rows) > _SAMPLE_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, _SAMPLE_ROWS, replace=False))
    values = []
    for block in np.array_split(rows, max(1, len(rows) // 4096)):
        distances = np.maximum(0, 1 - vectors[block] @ centers.T)
        own = np.take_along_axis(distances, labels[block][:, None], axis=1)[:, 0].copy()
        np.put_along_axis(distances, labels[block][:, None], np.inf, axis=1)
        other = distances.min(axis=1)
        values.append((other - own) / np.maximum(np.maximum(own, other), 1e-12))
    return float(np.concatenate(values).mean())
