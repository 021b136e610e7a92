"""What a pilot predicts, against what more prompts showed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchbuilder.errors import InputError
from benchbuilder.stats.battles import battles_from_scores, build_battles
from benchbuilder.stats.games import FloatArray
from benchbuilder.stats.pilot import MOST_PROMPTS, expect, prompts_needed, read_pilot
from benchbuilder.stats.separability import (
    disjoint_separability,
    paired_differences,
    paired_separability,
)
from benchbuilder.stats.subset_measures import take_prompts
from benchbuilder.stats.win_rate import WinRates, win_rates
from tests.stats.cases import korean_judgments


def rates_of(score: FloatArray) -> WinRates:
    models, prompts = (
        [f"{kind}{i}" for i in range(n)] for kind, n in zip("mp", score.shape, strict=True)
    )
    return win_rates(battles_from_scores(score, np.ones_like(score), models, prompts))


def coins(chances: list[float], prompts: int, seed: int = 0) -> FloatArray:
    rng = np.random.default_rng(seed)
    drawn = rng.random((len(chances), prompts)) < np.array(chances)[:, None]
    return drawn.astype(np.float64)


def test_at_the_pilots_own_size_the_width_is_the_pilots() -> None:
    rates = rates_of(coins([0.3, 0.5, 0.7], 100))
    found = expect(read_pilot(rates), 100)
    width = rates.upper - rates.lower
    assert found.interval_width == pytest.approx(width.mean())
    assert found.widest == pytest.approx(width.max())
    assert expect(read_pilot(rates), 400).interval_width == pytest.approx(width.mean() / 2)


def test_pilots_predict_what_new_prompts_of_real_verdicts_show(shared: Path) -> None:
    """76 models; a pilot of 100 prompts, then 300 others; twelve times."""
    battles = build_battles(korean_judgments(shared))
    gaps = []
    for seed in range(12):
        order = np.random.default_rng(seed).permutation(len(battles.prompts))
        found = expect(read_pilot(win_rates(take_prompts(battles, order[:100]))), 300)
        later = win_rates(take_prompts(battles, order[100:400]))
        apart, paired = disjoint_separability(later), paired_separability(paired_differences(later))
        assert apart.share is not None and paired.share is not None
        width = float((later.upper - later.lower).mean())
        gaps.append(
            (
                found.separability - apart.share,
                found.separability_paired - paired.share,
                found.interval_width / width - 1,
            )
        )
    off = np.array(gaps)
    assert np.abs(off.mean(axis=0)).max() < 0.015
    assert (np.abs(off).max(axis=0) < [0.04, 0.03, 0.15]).all()


def test_the_noise_of_a_pilot_is_no_promise() -> None:
    """Ten models that are all the same: a naive plan would promise to separate most of them."""
    shares = [
        expect(read_pilot(rates_of(coins([0.5] * 10, 40, seed))), 2000).separability_paired
        for seed in range(20)
    ]
    naive = []
    pairs = np.triu_indices(10, k=1)
    for seed in range(20):
        found = paired_differences(rates_of(coins([0.5] * 10, 40, seed)))
        error = found.standard_error[pairs] * np.sqrt(40 / 2000)
        naive.append(float((np.abs(found.difference[pairs]) > 1.96 * error).mean()))
    assert np.mean(naive) > 0.7
    assert np.mean(shares) < 0.4


def test_the_fewest_prompts_that_meet_an_aim() -> None:
    pilot = read_pilot(rates_of(coins([0.2, 0.4, 0.6, 0.8], 80)))
    needed = prompts_needed(pilot, width=0.05)
    assert needed is not None
    assert expect(pilot, needed).interval_width <= 0.05 < expect(pilot, needed - 1).interval_width
    both = prompts_needed(pilot, width=0.05, separability=0.9999)
    assert both is None or both >= needed
    assert prompts_needed(pilot, width=1.0) == 4
    assert prompts_needed(pilot, width=1e-9) is None
    assert expect(pilot, MOST_PROMPTS).interval_width > 1e-9


def test_models_that_never_differ_are_never_separated() -> None:
    twins = np.repeat(coins([0.5], 30), 2, axis=0)
    found = expect(read_pilot(rates_of(twins)), 1000)
    assert found.separability_paired == found.separability == 0


def test_models_that_always_or_never_win_have_a_width() -> None:
    found = expect(read_pilot(rates_of(np.vstack([np.ones(50), np.zeros(50)]))), 50)
    assert found.interval_width == pytest.approx(1 - 0.025 ** (1 / 50))
    assert found.separability_paired > 0.99


def test_one_model_is_no_pilot() -> None:
    with pytest.raises(InputError, match="two models"):
        read_pilot(rates_of(coins([0.5], 30)))
