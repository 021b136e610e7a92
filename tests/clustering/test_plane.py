from __future__ import annotations

import numpy as np

from benchbuilder.clustering.neighbors import Vectors
from benchbuilder.clustering.plane import NEIGHBORS, plane


def lengthened(rows: np.ndarray) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def two_groups(each: int) -> Vectors:
    draw = np.random.default_rng(1)
    centres = np.repeat(np.eye(2, 8), each, axis=0)
    return lengthened(centres + 0.05 * draw.normal(size=centres.shape))


def test_neighbours_stay_neighbours() -> None:
    places = plane(two_groups(40), seed=3)
    assert places.shape == (80, 2)
    left, right = places[:40], places[40:]
    spread = max(np.ptp(left, axis=0).max(), np.ptp(right, axis=0).max())
    assert np.linalg.norm(left.mean(axis=0) - right.mean(axis=0)) > spread
    assert np.array_equal(places, plane(two_groups(40), seed=3))


def test_a_few_vectors_have_places_too() -> None:
    few = two_groups(NEIGHBORS // 2)
    places = plane(few, seed=0)
    assert places.shape == (len(few), 2)
    half = NEIGHBORS // 2
    assert (places[:half, 0] > 0).all() != (places[half:, 0] > 0).all()
    assert plane(few[:1], seed=0).tolist() == [[0, 0]]
    assert plane(few[:0], seed=0).shape == (0, 2)


def test_one_vector_over_and_over_has_one_place() -> None:
    places = plane(np.repeat(two_groups(1)[:1], 60, axis=0), seed=0)
    assert np.abs(places).max() < 1e-3
