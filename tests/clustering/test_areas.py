from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchbuilder.clustering.areas import find_areas, number_of_areas
from benchbuilder.clustering.neighbors import Vectors

NONE = np.full(6, -1, dtype=np.int64)


def three_pairs() -> Vectors:
    """Six topics, two at each of three places."""
    vectors = np.repeat(np.eye(3, 5, dtype=np.float32), 2, axis=0)
    vectors[1::2, 3] = 0.2
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize(
    ("topics", "asked", "expected"),
    [(0, "auto", 0), (5, "auto", 0), (6, "auto", 2), (377, "auto", 19), (4, 9, 4), (9, 0, 0)],
)
def test_how_many(topics: int, asked: Any, expected: int) -> None:
    assert number_of_areas(topics, asked) == expected


def test_topics_that_lie_together_share_an_area_numbered_by_prompts() -> None:
    found = find_areas(three_pairs(), [1, 1, 5, 5, 3, 3], NONE, 3)
    assert found.tolist() == [2, 2, 0, 0, 1, 1]


def test_topics_keep_their_area_and_new_ones_join_the_nearest() -> None:
    before = np.array([7, -1, 4, -1, -1, 4])
    found = find_areas(three_pairs(), [1] * 6, before, "auto")
    assert found.tolist() == [7, 7, 4, 4, 4, 4]


def test_a_few_topics_keep_their_areas_unless_none_are_wanted() -> None:
    """A small dump may hold prompts of two topics only."""
    few, before = three_pairs()[[0, 2]], np.array([7, -1])
    assert find_areas(few, [1, 1], before, "auto").tolist() == [7, 7]
    assert find_areas(few, [1, 1], before, 0).tolist() == [-1, -1]


def test_none_and_one() -> None:
    assert find_areas(three_pairs(), [1] * 6, NONE, 0).tolist() == [-1] * 6
    assert find_areas(three_pairs(), [1] * 6, NONE, 1).tolist() == [0] * 6
