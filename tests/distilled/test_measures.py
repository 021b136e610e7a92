from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from benchbuilder.distilled.measures import area_under_curve, precision_at_top, with_interval

ROWS = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=60)


@given(ROWS)
def test_area_under_curve_equals_scikit_learn(rows: list[tuple[int, bool]]) -> None:
    scores = np.asarray([score for score, _ in rows], dtype=np.float64)
    positive = np.asarray([flag for _, flag in rows])
    ours = area_under_curve(scores, positive)
    if positive.all() or not positive.any():
        assert ours is None
    else:
        assert ours == pytest.approx(roc_auc_score(positive, scores))


def test_precision_at_top() -> None:
    scores = np.asarray([5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
    positive = np.asarray([True, False, True, False, False, False])
    assert precision_at_top(scores, positive, 1 / 6) == 1
    assert precision_at_top(scores, positive, 0.5) == pytest.approx(2 / 3)
    assert precision_at_top(scores, positive, 0.01) is None


def test_ties_at_the_border_count_by_chance() -> None:
    positive = np.asarray([True, False, False, False])
    assert precision_at_top(np.zeros(4), positive, 0.5) == 0.25
    assert precision_at_top(np.asarray([1.0, 0, 0, 0]), positive, 0.5) == 0.5


@given(ROWS)
def test_precision_does_not_depend_on_row_order(rows: list[tuple[int, bool]]) -> None:
    scores = np.asarray([score for score, _ in rows], dtype=np.float64)
    positive = np.asarray([flag for _, flag in rows])
    there = precision_at_top(scores, positive, 0.5)
    back = precision_at_top(scores[::-1], positive[::-1], 0.5)
    assert there == back or there == pytest.approx(back)


def test_interval_holds_the_value_and_repeats() -> None:
    rng = np.random.default_rng(3)
    scores = rng.random(200)
    positive = scores + rng.normal(0, 0.5, 200) > 0.5
    first = with_interval(area_under_curve, scores, positive, rounds=200, seed=1)
    assert first.value is not None
    assert first.lower is not None
    assert first.upper is not None
    assert first.lower < first.value < first.upper
    assert first == with_interval(area_under_curve, scores, positive, rounds=200, seed=1)


def test_interval_of_a_value_that_does_not_exist_is_null() -> None:
    nothing = with_interval(
        area_under_curve, np.zeros(5), np.zeros(5, dtype=np.bool_), rounds=10, seed=0
    )
    assert nothing == (None, None, None)
