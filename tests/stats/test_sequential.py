"""Intervals that hold at every look, and models that are certainly out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.sequential import (
    FEWEST_PROMPTS,
    certainly_out,
    sequential_interval,
    sequential_z,
)
from tests.stats.cases import korean_judgments


def test_looking_often_costs_width() -> None:
    widths = [sequential_z(n, planned=500, alpha=0.05) for n in (25, 125, 500)]
    assert widths == pytest.approx([3.35, 3.04, 3.13], abs=0.01)
    assert min(widths) == widths[1]  # tightest at a quarter
    assert sequential_z(125, planned=500, alpha=0.001) > widths[1] > 1.96


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.3, 0.5, 0.8])
def test_the_interval_covers_at_all_looks_together(rate: float) -> None:
    """600 runs of 500 prompts, a look after every 25: at least 94 % never miss the truth."""
    draws = np.random.default_rng(7).random((600, 500)) < rate
    score, covered = 2.0 * draws, np.ones(600, dtype=bool)
    for seen in range(FEWEST_PROMPTS, 501, 25):
        part = score[:, :seen]
        _, lower, upper = sequential_interval(part, np.full_like(part, 2.0), planned=500)
        covered &= (lower <= rate) & (rate <= upper)
    assert covered.mean() >= 0.94


def test_a_model_that_lost_everything_has_width_and_one_without_prompts_has_none() -> None:
    score, weight = np.zeros((2, 40)), np.vstack([np.full(40, 2.0), np.zeros(40)])
    rate, lower, upper = sequential_interval(score, weight, planned=100)
    assert (rate[0], lower[0]) == (0, 0) and 0.05 < upper[0] < 0.2
    assert np.isnan([rate[1], lower[1], upper[1]]).all()


def test_nobody_is_out_too_early_or_among_too_few() -> None:
    score = np.vstack([np.full(60, 2.0), np.zeros(60), np.zeros(60)])
    weight = np.full_like(score, 2.0)
    early = slice(0, FEWEST_PROMPTS - 1)
    assert not certainly_out(score[:, early], weight[:, early], top=1, planned=60).any()
    assert not certainly_out(score, weight, top=3, planned=60).any()
    assert certainly_out(score, weight, top=1, planned=60).tolist() == [False, True, True]


def test_equal_models_stay_in() -> None:
    score = np.random.default_rng(3).choice([0.0, 1.0, 2.0], (12, 500))
    weight = np.full_like(score, 2.0)
    for seen in range(25, 501, 25):
        out = certainly_out(score[:, :seen], weight[:, :seen], top=3, planned=500)
        assert not out.any()


def test_a_model_with_few_answers_neither_stops_nor_stops_others() -> None:
    rng = np.random.default_rng(5)
    score = 2.0 * (rng.random((4, 200)) < np.array([[0.9], [0.8], [0.1], [0.5]]))
    weight = np.full_like(score, 2.0)
    weight[3, 10:] = score[3, 10:] = 0
    assert certainly_out(score, weight, top=2, planned=200).tolist() == [False, False, True, False]


def test_replayed_on_real_verdicts_it_saves_calls_and_is_not_wrong(shared: Path) -> None:
    """76 models, 500 prompts, random orders: the top 10 with at least 60 % of the calls saved."""
    battles = build_battles(korean_judgments(shared))
    score, weight = battles.score, battles.weight
    models, prompts = score.shape
    final = score.sum(axis=1) / weight.sum(axis=1)
    best = set(np.argsort(-final)[:10].tolist())
    saved, stops, wrong, covered = [], 0, 0, 0
    for seed in range(5):  # 50 orders: 67 % saved, at least 64 %, no wrong stop in 2,999
        order = np.random.default_rng(seed).permutation(prompts)
        still, played = np.arange(models), np.full(models, prompts)
        for seen in range(25, prompts, 25):
            block = np.ix_(still, order[:seen])
            out = certainly_out(score[block], weight[block], top=10, planned=prompts)
            ended = (score[block][out], weight[block][out])
            _, lower, upper = sequential_interval(*ended, planned=prompts)
            covered += int(((lower <= final[still[out]]) & (final[still[out]] <= upper)).sum())
            wrong += len(best & set(still[out].tolist()))
            stops += int(out.sum())
            played[still[out]] = seen
            still = still[~out]
        saved.append(1 - played.sum() / (models * prompts))
    assert min(saved) >= 0.6
    assert wrong <= 0.01 * stops
    assert covered >= 0.94 * stops
