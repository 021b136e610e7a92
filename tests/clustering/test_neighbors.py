from __future__ import annotations

import numpy as np

from benchbuilder.clustering import neighbors
from benchbuilder.clustering.neighbors import exact_neighbors


def unit(rows: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(rows, 12)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def test_neighbours_are_those_of_a_full_sort(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(neighbors, "_BLOCK_ROWS", 7)  # several blocks and a rest
    vectors = unit(40)
    found, distances = exact_neighbors(vectors, 5)
    full = 1 - vectors @ vectors.T
    np.fill_diagonal(full, -1)
    assert np.array_equal(found, np.argsort(full, axis=1)[:, :5])
    assert np.all(distances[:, 0] == 0)
    assert np.all(np.diff(distances, axis=1) >= 0)


def test_a_row_comes_first_among_its_duplicates() -> None:
    found, distances = exact_neighbors(np.tile(unit(1), (20, 1)), 4)
    assert found[:, 0].tolist() == list(range(20))
    assert np.all(distances < 1e-6)


def test_fewer_rows_than_neighbours() -> None:
    found, _ = exact_neighbors(unit(3), 15)
    assert found.shape == (3, 3)
