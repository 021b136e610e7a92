"""Rank intervals that hold for all models at once."""

from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.stats.battles import battles_from_scores, build_battles
from benchbuilder.stats.bootstrap import bootstrap
from benchbuilder.stats.max_t import family_wise_rank_ranges, step_down
from benchbuilder.stats.separability import paired_differences, paired_rank_ranges
from benchbuilder.stats.win_rate import win_rates

from .cases import judgments, random_judgments


def test_family_wise_ranks_are_wider_than_pairwise_ones_and_hold_the_estimate() -> None:
    battles = build_battles(random_judgments(8, 120, seed=3))
    rates = win_rates(battles)
    wide = family_wise_rank_ranges(rates, bootstrap(battles))
    narrow = paired_rank_ranges(paired_differences(rates))
    place = 1 + (-rates.win_rate).argsort().argsort()
    assert ((wide.low <= narrow.low) & (narrow.high <= wide.high)).all()
    assert ((wide.low <= place) & (place <= wide.high)).all()
    assert (wide.high - wide.low).sum() < 8 * 7  # and it says something
    assert "family-wise 5 %" in wide.rule


def test_equal_models_are_rarely_called_different() -> None:
    wrong = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        score = rng.integers(0, 3, size=(6, 80)) / 2
        names = [f"m{number}" for number in range(6)]
        battles = battles_from_scores(
            score, np.ones_like(score), names, [f"p{number:02d}" for number in range(80)]
        )
        wrong += bool(step_down(win_rates(battles), bootstrap(battles, rounds=200).draws).any())
    assert wrong <= 9  # 5 % of 60 is 3; more than 9 has probability 0.001


def test_without_an_error_every_rank_is_possible() -> None:
    battles = build_battles(random_judgments(3, 1, seed=4))
    ranks = family_wise_rank_ranges(win_rates(battles), bootstrap(battles, rounds=20))
    assert ranks.low.tolist() == [1, 1, 1]
    assert ranks.high.tolist() == [3, 3, 3]


def test_votes_are_not_paired() -> None:
    battles = build_battles(judgments({"m": [["B>A", "A>B"]] * 3, "n": [["A>B", "A>B"]] * 3}))
    with pytest.raises(ValueError, match="not paired"):
        family_wise_rank_ranges(win_rates(battles), bootstrap(battles, rounds=9, resample="vote"))
