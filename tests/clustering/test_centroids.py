from __future__ import annotations

import numpy as np

from benchbuilder.clustering.centroids import (
    centroids,
    nearest_centroid,
    nearest_rows,
    order_by_size,
)

VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1], [0, -1], [1, 0]], dtype=np.float32)
LABELS = np.array([0, 0, 1, -1, 0])


def test_order_by_size_forgets_old_names() -> None:
    labels = np.array([5, 5, 3, 3, 3, -1, 8, 8])
    assert order_by_size(labels).tolist() == [1, 1, 0, 0, 0, -1, 2, 2]
    assert order_by_size(np.array([-1, -1])).tolist() == [-1, -1]


def test_centroids_are_unit_means_without_noise() -> None:
    centers = centroids(VECTORS, LABELS)
    expected = VECTORS[[0, 1, 4]].sum(axis=0)
    assert np.allclose(centers[0], expected / np.linalg.norm(expected))
    assert np.allclose(centers[1], [0, 1])


def test_nearest_centroid_gives_a_share_of_one() -> None:
    labels, similarity = nearest_centroid(VECTORS, centroids(VECTORS, LABELS))
    assert labels.tolist() == [0, 0, 1, 0, 0]
    assert similarity[3] == 0  # it points away from both
    assert similarity.max() <= 1


def test_examples_are_the_nearest_members() -> None:
    centers = centroids(VECTORS, LABELS)
    assert nearest_rows(VECTORS, LABELS, centers, 2) == [[0, 4], [2]]
