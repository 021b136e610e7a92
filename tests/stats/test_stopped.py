"""Models that were stopped early: wide enough, out of the counts, and others left as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchbuilder.stats.battles import Battles, battles_from_scores, build_battles
from benchbuilder.stats.games import BoolArray, FloatArray
from benchbuilder.stats.separability import (
    difference_errors,
    disjoint_separability,
    paired_differences,
    paired_separability,
)
from benchbuilder.stats.sequential import certainly_out
from benchbuilder.stats.stopped import with_sequential_limits, without_limits
from benchbuilder.stats.win_rate import win_rates
from tests.stats.cases import korean_judgments

STOPPED = ["m00", "m01"]
MEANS = np.linspace(0.15, 0.85, 6)


def correlated(means: FloatArray, prompts: int, rng: np.random.Generator) -> FloatArray:
    """Wins in the two games of a prompt (0, 1, 2), which correlate at 0.45; the mean is exact."""
    size = 1 / 0.45 - 1
    chance = rng.beta(means[:, None] * size, (1 - means[:, None]) * size, (len(means), prompts))
    return rng.binomial(2, chance).astype(np.float64)


def played(score: FloatArray, weight: FloatArray) -> Battles:
    models = [f"m{i:02d}" for i in range(len(score))]
    return battles_from_scores(score, weight, models, [f"p{i:04d}" for i in range(score.shape[1])])


def cut_short(rows: list[int], prompts: int = 40) -> Battles:
    score = correlated(MEANS, 200, np.random.default_rng(0))
    weight = np.full_like(score, 2.0)
    score[rows, prompts:] = weight[rows, prompts:] = 0
    return played(score, weight)


def test_a_stopped_model_has_a_wider_interval_and_the_others_keep_theirs() -> None:
    battles = cut_short([0, 1])
    plain = win_rates(battles)
    made = with_sequential_limits(plain, battles, STOPPED)
    wider = (made.upper - made.lower) / (plain.upper - plain.lower)
    assert (wider[:2] > 1.3).all()
    assert wider[2:].tolist() == [1, 1, 1, 1]
    assert made.interval[:2] == ("sequential", "sequential")
    np.testing.assert_array_equal(made.win_rate, plain.win_rate)
    np.testing.assert_array_equal(made.standard_error, plain.standard_error)
    grown = difference_errors(made)[0, 2:] / difference_errors(plain)[0, 2:]
    assert (grown > 1.3).all()
    assert with_sequential_limits(plain, battles, []) is plain


def test_no_pair_of_a_stopped_model_is_counted() -> None:
    battles = cut_short([0, 1])
    countable = without_limits(win_rates(battles), STOPPED)
    apart = disjoint_separability(countable)
    paired = paired_separability(paired_differences(countable))
    assert (apart.pairs, apart.undefined) == (paired.pairs, paired.undefined) == (6, 9)


def stop_and_cover(
    score: FloatArray, weight: FloatArray, truth: FloatArray, top: int, every: int
) -> tuple[FloatArray, BoolArray, BoolArray, BoolArray]:
    """Prompts played, who was stopped, and whose sequential and plain intervals hold the truth."""
    models, prompts = score.shape
    used, still = np.full(models, prompts), np.arange(models)
    for seen in range(every, prompts, every):
        block = np.ix_(still, np.arange(seen))
        out = certainly_out(score[block], weight[block], top=top, planned=prompts)
        used[still[out]] = seen
        still = still[~out]
    kept = np.arange(prompts)[None, :] < used[:, None]
    battles = played(score * kept, weight * kept)
    stopped = used < prompts
    plain = win_rates(battles)
    made = with_sequential_limits(
        plain, battles, [battles.models[i] for i in np.flatnonzero(stopped)]
    )
    held, usual = ((of.lower <= truth) & (truth <= of.upper) for of in (made, plain))
    return used.astype(np.float64), stopped, held, usual


def test_intervals_of_stopped_models_cover_the_truth() -> None:
    """120 runs of 30 models: at least 94 % of the sequential intervals, fewer of the usual ones."""
    truth = np.linspace(0.08, 0.7, 30)
    rng = np.random.default_rng(11)
    held, usual = [], []
    for _ in range(120):
        score = correlated(truth, 300, rng)
        _, stopped, covered, naive = stop_and_cover(
            score, np.full_like(score, 2.0), truth, top=5, every=50
        )
        held += covered[stopped].tolist()
        usual += naive[stopped].tolist()
    assert len(held) > 1500
    assert np.mean(held) >= 0.94
    assert np.mean(usual) < np.mean(held)


def test_the_top_ten_of_real_verdicts_over_50_orders(shared: Path) -> None:
    """76 models × 500 prompts: at least 60 % of the calls saved, at most 1 % of the stops wrong."""
    battles = build_battles(korean_judgments(shared))
    truth = battles.score.sum(axis=1) / battles.weight.sum(axis=1)
    best = np.argsort(-truth)[:10]
    saved, stops, wrong, held = [], 0, 0, 0
    for seed in range(50):
        order = np.random.default_rng(seed).permutation(battles.score.shape[1])
        used, stopped, covered, _ = stop_and_cover(
            battles.score[:, order], battles.weight[:, order], truth, top=10, every=50
        )
        saved.append(1 - used.sum() / battles.score.size)
        stops += int(stopped.sum())
        wrong += int(stopped[best].sum())
        held += int(covered[stopped].sum())
    assert min(saved) >= 0.6
    assert wrong <= 0.01 * stops
    assert held >= 0.94 * stops
