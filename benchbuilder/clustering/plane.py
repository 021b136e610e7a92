"""Two dimensions to look at. Nothing is measured on them: topics are found in more."""

from __future__ import annotations

import numpy as np

from benchbuilder.clustering.density import one_thread, umap_layout
from benchbuilder.clustering.grouping import identical
from benchbuilder.clustering.neighbors import Vectors

NEIGHBORS, EPOCHS, MIN_DIST = 15, 200, 0.1


def plane(vectors: Vectors, *, seed: int) -> Vectors:
    """A place (n, 2) for every vector (n, d) of length one; the same seed gives the same places.

    UMAP, which keeps neighbours together. Where it has nothing to work with (as few vectors as it
    counts neighbours, or one vector over and over), the first two principal components stand in.
    """
    if len(vectors) <= NEIGHBORS or identical(vectors):
        return _principal(vectors)
    return umap_layout(
        vectors, components=2, neighbors=NEIGHBORS, epochs=EPOCHS, min_dist=MIN_DIST, seed=seed
    )


def _principal(vectors: Vectors) -> Vectors:
    places = np.zeros((len(vectors), 2), dtype=np.float32)
    if len(vectors) < 2:
        return places
    with one_thread():
        left, lengths, right = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    kept = min(2, len(lengths))
    signs = np.sign(right[np.arange(kept), np.abs(right[:kept]).argmax(axis=1)])
    places[:, :kept] = (left * lengths)[:, :kept] * signs
    return places
