"""The interval for win rates of which little was seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from benchbuilder.stats.half_prompt import half_prompt_limits

CELLS = st.lists(
    st.tuples(st.sampled_from([2.0, 4.0, 6.0]), st.sampled_from([0.0, 0.25, 0.5, 1.0])),
    min_size=2,
    max_size=40,
)


@pytest.mark.parametrize(("prompts", "won"), [(100, 1), (100, 3), (100, 10), (500, 1), (40, 20)])
def test_prompts_won_or_lost_whole_have_beta_limits(prompts: int, won: int) -> None:
    score, weight = np.zeros((2, prompts)), np.full((2, prompts), 4.0)
    score[0, :won] = score[1, won:] = 4.0
    lower, upper = half_prompt_limits(score, weight, 0.95)
    exact = beta.ppf(0.025, won, prompts - won + 0.5), beta.ppf(0.975, won + 0.5, prompts - won)
    assert (lower[0], upper[0]) == pytest.approx(exact, rel=0.01)
    assert (1 - upper[1], 1 - lower[1]) == pytest.approx((lower[0], upper[0]), abs=1e-9)


@settings(deadline=None)  # the first example waits for scipy
@given(CELLS, st.integers(0, 99))
def test_limits_enclose_the_rate_whatever_the_order(
    cells: list[tuple[float, float]], seed: int
) -> None:
    weight = np.array([[size for size, _ in cells]])
    score = weight * np.array([[share for _, share in cells]])
    rate = score.sum() / weight.sum()
    if rate in (0.0, 1.0):
        return
    lower, upper = half_prompt_limits(score, weight, 0.95)
    assert 0 < lower[0] < rate < upper[0] < 1
    order = np.random.default_rng(seed).permutation(len(cells))
    again = half_prompt_limits(score[:, order], weight[:, order], 0.95)
    assert again[0] == pytest.approx(lower, abs=1e-9)
    assert again[1] == pytest.approx(upper, abs=1e-9)
    scaled = half_prompt_limits(3 * score, 3 * weight, 0.95)
    assert scaled[1] == pytest.approx(upper, abs=1e-9)
    wider = half_prompt_limits(score, weight, 0.99)
    assert wider[0][0] <= lower[0]
    assert wider[1][0] >= upper[0]
