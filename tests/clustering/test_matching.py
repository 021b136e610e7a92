from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.clustering.matching import Shared, close_topics, count_shared, same_topics

ALIKE = np.array([[1, 0, 0], [0, 1, 0]], dtype=np.float32)


def shared(counts: list[list[int]], before: list[int], now: list[int]) -> Shared:
    parts = (np.array(part, dtype=np.float64) for part in (counts, before, now))
    return Shared(*parts)


def test_shared_prompts_are_counted_noise_in_the_sums_alone() -> None:
    before = np.array([0, 0, 1, -1, 0, -1])
    now = np.array([1, -1, 1, 0, 0, 0])
    known = np.array([True, True, True, True, False, False])  # the last two are new
    found = count_shared(before, now, known, 2, 2)
    assert found.counts.tolist() == [[0, 1], [0, 1]]
    assert found.before.tolist() == [2, 1]
    assert found.now.tolist() == [1, 2]


def test_half_of_the_prompts_of_either_make_it_the_same_topic() -> None:
    """10 and 10 prompts with 7 in common: 7 of 13; with 6 in common: 6 of 14."""
    close = shared([[7, 0], [0, 6]], [10, 10], [10, 10])
    assert same_topics(close, close_topics(ALIKE, ALIKE)).tolist() == [0, -1]


def test_where_prompts_decide_centroids_do_not() -> None:
    swapped = shared([[0, 9], [9, 0]], [9, 9], [9, 9])
    assert same_topics(swapped, close_topics(ALIKE, ALIKE)).tolist() == [1, 0]
    apart = shared([[0, 0], [0, 0]], [9, 9], [9, 9])
    assert same_topics(apart, close_topics(ALIKE, ALIKE)).tolist() == [-1, -1]


def test_centroids_decide_where_too_few_prompts_are_shared() -> None:
    few = shared([[2, 0], [0, 0]], [2, 0], [2, 0])
    near = np.array([[0.5, 0.866, 0], [0.9, 0.435, 0]], dtype=np.float32)
    assert same_topics(few, close_topics(ALIKE, near)).tolist() == [1, 0]
    assert same_topics(few, None).tolist() == [-1, -1]


def test_a_topic_has_one_partner_and_the_sum_is_the_largest() -> None:
    """The first pair alone is the closest; the two others together are closer."""
    nothing = shared([[0, 0], [0, 0]], [0, 0], [0, 0])
    before = np.array([[1, 0, 0], [0.98, 0.199, 0]], dtype=np.float32)
    now = np.array([[0.98, 0.199, 0], [0.85, -0.527, 0]], dtype=np.float32)
    assert (before @ now.T)[1, 0] == pytest.approx(1, abs=1e-3)
    assert same_topics(nothing, close_topics(before, now)).tolist() == [1, 0]


def test_a_split_keeps_one_id_and_a_new_topic_has_none() -> None:
    split = shared([[12, 4, 0]], [16], [12, 4, 5])
    assert same_topics(split, None).tolist() == [0, -1, -1]


def test_nothing_before_or_nothing_now() -> None:
    empty = np.zeros((0, 3), dtype=np.float32)
    before = Shared(np.zeros((0, 2)), np.zeros(0), np.zeros(2))
    assert same_topics(before, close_topics(empty, ALIKE)).tolist() == [-1, -1]
    now = Shared(np.zeros((2, 0)), np.zeros(2), np.zeros(0))
    assert same_topics(now, close_topics(ALIKE, empty)).size == 0
