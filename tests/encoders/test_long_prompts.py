from __future__ import annotations

from itertools import chain
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.encoders.long_prompts import mean_of_windows, pieces

POLICIES: tuple[Literal["head", "head-tail", "windows"], ...] = ("head", "head-tail", "windows")


@given(st.lists(st.integers(), max_size=60), st.integers(1, 20), st.sampled_from(POLICIES))
def test_pieces_fit_and_short_texts_stay_whole(
    ids: list[int], room: int, policy: Literal["head", "head-tail", "windows"]
) -> None:
    found = pieces(ids, room, policy)
    assert all(len(part) <= room for part in found)
    if len(ids) <= room:
        assert found == [ids]


@given(st.lists(st.integers(), max_size=60), st.integers(1, 20))
def test_windows_hold_everything_in_order_and_are_about_as_long(ids: list[int], room: int) -> None:
    found = pieces(ids, room, "windows")
    assert list(chain.from_iterable(found)) == ids
    assert max(map(len, found)) - min(map(len, found)) <= 1
    assert len(found) == max(1, -(-len(ids) // room))


@pytest.mark.parametrize(
    ("room", "head", "ends"),
    [(1, "a", "a"), (2, "ab", "ag"), (5, "abcde", "abcfg"), (7, "abcdefg", "abcdefg")],
)
def test_head_and_head_with_tail(room: int, head: str, ends: str) -> None:
    assert pieces("abcdefg", room, "head") == [head]
    assert pieces("abcdefg", room, "head-tail") == [ends]


def test_the_mean_weighs_windows_alike_and_leaves_single_ones_alone() -> None:
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1], [1, 0]], dtype=np.float32)
    means = mean_of_windows(vectors, np.array([1, 2, 1], dtype=np.int32))
    assert means.dtype == np.float32
    assert means[0].tolist() == [1, 0]
    assert means[2].tolist() == [1, 0]
    assert np.allclose(means[1], np.array([0.6, 1.8]) / np.hypot(0.6, 1.8))
    assert mean_of_windows(vectors, np.ones(4, dtype=np.int32)) is vectors


def test_windows_that_cancel_give_a_number() -> None:
    opposed = np.array([[1, 0], [-1, 0]], dtype=np.float32)
    assert np.isfinite(mean_of_windows(opposed, np.array([2], dtype=np.int32))).all()
