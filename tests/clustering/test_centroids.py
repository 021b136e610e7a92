from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.clustering import centroids as module
from benchbuilder.clustering.centroids import centroids, cosines_to, nearest, order_by_size

VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1], [0, -1], [1, 0]], dtype=np.float32)
LABELS = np.array([0, 0, 1, -1, 0])


@pytest.fixture(params=[2, 8192])
def block_rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_STEP_ROWS", request.param)


def test_largest_first_and_ties_by_the_first_row() -> None:
    assert order_by_size(np.array([5, 5, 3, 3, 3, -1, 8, 8])).tolist() == [3, 5, 8]
    assert order_by_size(np.array([5, 5, 3, 3, 3, -1, 8, 8]), after=4).tolist() == [5, 8]
    assert order_by_size(np.array([-1, -1])).tolist() == []


@pytest.mark.usefixtures("block_rows")
def test_centroids_are_unit_means_without_noise() -> None:
    found = centroids(VECTORS, LABELS)
    expected = VECTORS[[0, 1, 4]].sum(axis=0)
    assert np.allclose(found.vectors[0], expected / np.linalg.norm(expected))
    assert np.allclose(found.vectors[1], [0, 1])
    cosines = VECTORS[[0, 1]] @ found.vectors[0]
    assert found.floors[0] == pytest.approx(cosines.min())
    assert found.floors[1] == pytest.approx(1)


def test_one_in_twenty_lies_below_the_floor() -> None:
    angles = np.linspace(-1, 1, 101)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    labels = np.zeros(101, dtype=np.int64)
    found = centroids(vectors, labels)
    below = cosines_to(vectors, np.arange(101), labels, found.vectors) < found.floors[0]
    assert below.sum() in (4, 5)


def test_no_centroid_without_a_topic() -> None:
    assert len(centroids(VECTORS, np.full(5, -1))) == 0


@pytest.mark.usefixtures("block_rows")
def test_the_nearest_centroid_and_how_sure_it_is() -> None:
    """By hand: between two centroids one half, at one of two opposite ones 1 / (1 + exp(-40))."""
    centers = np.array([[1, 0], [-1, 0]], dtype=np.float32)
    found = nearest(np.array([[1, 0], [0, 1], [-1, 0]], dtype=np.float16), centers)
    assert found.labels.tolist() == [0, 0, 1]
    assert found.cosines.tolist() == [1, 0, 1]
    assert found.confidences.tolist() == pytest.approx([1, 0.5, 1])
