from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from benchbuilder.cascade.audit import CONFIDENCE, estimate_recall, hits_interval


def test_the_estimate_scales_the_audit_up() -> None:
    """100 found, 2 of them in an audit of 50 of 1,000 left: 40 are there, 38 are missed."""
    recall = estimate_recall(found=100, left=1000, audited=50, audit_hits=2)
    assert recall.value == pytest.approx(100 / 138)
    assert recall.lower is not None
    assert recall.upper is not None
    assert recall.lower < 100 / 138 < recall.upper


def test_nothing_left_means_nothing_missed_and_no_audit_means_no_estimate() -> None:
    assert estimate_recall(10, left=0, audited=0, audit_hits=0).value == 1
    without = estimate_recall(10, left=5, audited=0, audit_hits=0)
    assert (without.value, without.lower, without.upper) == (None, None, None)
    assert estimate_recall(0, left=5, audited=5, audit_hits=0).value is None


@given(st.integers(1, 60), st.data())
@settings(max_examples=60, deadline=None)
def test_an_audit_of_everything_leaves_no_doubt(left: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, left))
    assert hits_interval(left, left, hits) == (hits, hits)
    fewest, most = hits_interval(left, max(1, left // 2), min(hits, max(1, left // 2)))
    assert 0 <= fewest <= most <= left


@pytest.mark.parametrize(
    ("population", "sampled", "good"), [(400, 40, 12), (90, 30, 1), (50, 5, 0)]
)
def test_the_interval_covers_the_truth_as_often_as_it_says(
    population: int, sampled: int, good: int
) -> None:
    drawn = np.arange(sampled + 1)
    chance = hypergeom.pmf(drawn, population, good, sampled)
    covers = [
        low <= good <= high
        for low, high in (
            hits_interval(population, sampled, int(hits)) if p > 0 else (0, -1)
            for hits, p in zip(drawn, chance, strict=True)
        )
    ]
    assert chance[np.array(covers)].sum() >= CONFIDENCE - 1e-9
