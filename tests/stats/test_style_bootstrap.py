"""The bootstrap of a style-controlled fit."""

from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.bootstrap import bootstrap, percentile_limits
from benchbuilder.stats.style_bootstrap import style_bootstrap

from .cases import controlled, random_judgments


def test_one_step_is_close_to_a_refit_of_every_round() -> None:
    style = controlled(build_battles(random_judgments(6, 150, seed=2)))
    fast = style_bootstrap(style, rounds=80)
    exact = style_bootstrap(style, rounds=80, exact=True)
    spread = exact.sample.draws.std(axis=0)
    off = np.abs(fast.sample.draws - exact.sample.draws) / spread
    assert np.median(off) < 0.01
    assert off.max() < 0.25
    coefficient = np.abs(fast.coefficients - exact.coefficients) / exact.coefficients.std(axis=0)
    assert np.median(coefficient) < 0.02


def test_the_bootstrap_agrees_with_the_sandwich() -> None:
    style = controlled(build_battles(random_judgments(5, 250, seed=3)))
    sample = style_bootstrap(style, rounds=2000)
    assert sample.sample.draws.std(axis=0) == pytest.approx(style.rates.standard_error, rel=0.1)
    assert sample.coefficients.std(axis=0) == pytest.approx(style.coefficient_errors, rel=0.1)
    lower, _ = percentile_limits(sample.sample.draws, 0.95)
    assert lower == pytest.approx(style.rates.lower, abs=0.02)


def test_style_and_plain_share_their_draws() -> None:
    battles = build_battles(random_judgments(4, 120, seed=4))
    style = controlled(battles)
    plain = bootstrap(battles, rounds=300, seed=7).draws
    adjusted = style_bootstrap(style, rounds=300, seed=7).sample.draws
    # Features are noise here, so a round moves both alike.
    for row in range(4):
        assert np.corrcoef(plain[:, row], adjusted[:, row])[0, 1] > 0.9
