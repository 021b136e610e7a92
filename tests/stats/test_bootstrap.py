"""Resampling prompts, topics, votes."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from benchbuilder.errors import InputError
from benchbuilder.stats import bootstrap as module
from benchbuilder.stats.battles import Battles, battles_from_scores, build_battles
from benchbuilder.stats.bootstrap import (
    bootstrap,
    draws_with_baseline,
    percentile_limits,
    win_rate_draws,
    with_percentiles,
)
from benchbuilder.stats.win_rate import win_rates

from .cases import HAND, HAND_BATTLES, hand_battles, judgments, korean_judgments, random_judgments


def exact_distribution(score: np.ndarray, weight: np.ndarray) -> dict[float, Fraction]:
    """All nⁿ resamples of one model's prompts."""
    n = len(score)
    rounds = list(itertools.product(range(n), repeat=n))
    counts = np.array([np.bincount(drawn, minlength=n) for drawn in rounds], dtype=float)
    draws = win_rate_draws(counts, score[None], weight[None])[:, 0]
    values, times = np.unique(draws, return_counts=True)
    return {
        float(value): Fraction(int(count), len(rounds))
        for value, count in zip(values, times, strict=True)
    }


@pytest.mark.parametrize("name", HAND_BATTLES)
def test_the_whole_distribution_of_small_cases(name: str) -> None:
    battles = hand_battles(name)
    for row, model in enumerate(battles.models):
        expected = HAND[name]["expected"][model]
        if not expected["n"]:
            continue
        used = battles.weight[row] > 0
        found = exact_distribution(battles.score[row, used], battles.weight[row, used])
        assert found == {
            float(Fraction(value)): Fraction(share)
            for value, share in expected["boot_exact"]["support"].items()
        }
        mean = sum(value * float(share) for value, share in found.items())
        variance = sum((value - mean) ** 2 * float(share) for value, share in found.items())
        assert mean == pytest.approx(expected["boot_exact"]["mean"], abs=1e-9)
        assert np.sqrt(variance) == pytest.approx(expected["boot_exact"]["sd"], abs=1e-9)


def test_korean_verdicts(shared: Path) -> None:
    expected = json.loads((shared / "reference" / "ko_expected.json").read_text())
    battles = build_battles(korean_judgments(shared))
    sample = bootstrap(battles, rounds=1000, seed=42)
    lower, upper = percentile_limits(sample.draws, 0.95)
    reference = expected["boot_prompt_100k"]
    for row, model in enumerate(battles.models):
        allowed = 0.35 * reference["sd"][model]
        assert abs(lower[row] - reference["q025"][model]) < allowed
        assert abs(upper[row] - reference["q975"][model]) < allowed
    votes = bootstrap(battles, rounds=1000, resample="vote")
    naive = np.array([expected["se_exploded_naive"][model] for model in battles.models])
    assert votes.draws.std(axis=0) / naive == pytest.approx(np.ones(len(naive)), abs=0.12)
    assert "too narrow" in votes.label


def test_the_error_agrees_with_the_analytic_one() -> None:
    battles = build_battles(random_judgments(3, 200, seed=5))
    sample = bootstrap(battles, rounds=4000)
    error = win_rates(battles).standard_error
    assert sample.draws.std(axis=0) == pytest.approx(error, rel=0.05)


def test_row_order_and_chunks_change_no_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    table = random_judgments(3, 11, seed=6, nulls=0.1)
    shuffled = table.take(np.random.default_rng(7).permutation(len(table)))
    whole = bootstrap(build_battles(table), rounds=50, seed=3)
    again = bootstrap(build_battles(shuffled), rounds=50, seed=3)
    monkeypatch.setattr(module, "_CELLS_PER_CHUNK", 77)
    pieces = bootstrap(build_battles(table), rounds=50, seed=3)
    assert np.array_equal(whole.draws, again.draws, equal_nan=True)
    assert np.array_equal(whole.draws, pieces.draws, equal_nan=True)
    other = bootstrap(build_battles(table), rounds=50, seed=4)
    assert not np.array_equal(whole.draws, other.draws, equal_nan=True)


def test_a_round_without_games_of_a_model_is_null() -> None:
    table = judgments({"rare": [["B>A", "A>B"]] + [[None, None]] * 5, "full": [["A>B", "B>A"]] * 6})
    sample = bootstrap(build_battles(table), rounds=200)
    rare = sample.draws[:, sample.models.index("rare")]
    assert 0 < np.isnan(rare).sum() < 200
    assert np.nanmax(rare) == 1
    lower, upper = percentile_limits(sample.draws, 0.95)
    assert (lower[1], upper[1]) == (1, 1)


def test_a_model_without_any_game_has_no_limits() -> None:
    table = judgments({"none": [[None, None]] * 3, "full": [["A>B", "A>B"]] * 3})
    sample = bootstrap(build_battles(table), rounds=20)
    lower, _ = percentile_limits(sample.draws, 0.95)
    assert np.isnan(lower[sample.models.index("none")])


def test_topics_are_drawn_whole() -> None:
    battles = build_battles(judgments({"m": [["B>A", "A>B"]] * 4 + [["A>B", "B>A"]] * 4}))
    topics = {prompt: "won" if prompt < "p004" else "lost" for prompt in battles.prompts}
    sample = bootstrap(battles, rounds=100, resample="topic", topics=topics)
    assert set(np.unique(sample.draws)) == {0.0, 0.5, 1.0}
    for unknown in (None, {}, dict.fromkeys(battles.prompts)):
        with pytest.raises(InputError, match="no question has one"):
            bootstrap(battles, resample="topic", topics=unknown)


def test_a_prompt_without_topic_is_its_own() -> None:
    battles = build_battles(random_judgments(2, 9, seed=8))
    alone = dict.fromkeys(battles.prompts)
    assert win_rates(battles, topics=alone).standard_error == pytest.approx(
        win_rates(battles).standard_error, abs=1e-12
    )


def test_percentiles_replace_wald_intervals_only() -> None:
    table = judgments(
        {
            "always": [["B>A", "A>B"]] * 80,
            "often": [["A>B", "B>A"]] + [["B>A", "A>B"]] * 79,
            "half": [["B>A", "A>B"], ["A>B", "B>A"]] * 40,
        }
    )
    battles = build_battles(table)
    analytic = win_rates(battles)
    rates = with_percentiles(analytic, bootstrap(battles, rounds=500))
    assert rates.models == ("always", "half", "often")
    assert rates.interval == ("clopper-pearson", "percentile", "half-prompt")
    assert rates.lower[1] == pytest.approx(analytic.lower[1], abs=0.06)
    assert rates.lower[2] == analytic.lower[2]
    with pytest.raises(ValueError, match="different models"):
        with_percentiles(analytic, draws_with_baseline(bootstrap(battles, rounds=5), "base"))


def test_preferences_have_no_votes() -> None:
    battles = battles_from_scores(np.array([[0.3]]), np.array([[1.0]]), ["m"], ["p"])
    with pytest.raises(InputError, match="no votes"):
        bootstrap(battles, resample="vote")


def correlated_battles(p: float, prompts: int, models: int, seed: int) -> tuple[Battles, float]:
    """Two games a prompt that correlate at 0.45, some ties, some strong; and the true win rate."""
    rng = np.random.default_rng(seed)
    spread = 1 / 0.45 - 1
    strength = rng.beta(p * spread, (1 - p) * spread, size=(models, prompts, 1))
    tie = rng.random((models, prompts, 2)) < 0.1
    weight = np.where(~tie & (rng.random(tie.shape) < 0.3), 3.0, 1.0)
    score = np.where(tie, 0.5, rng.random(tie.shape) < strength)
    per_game = 0.1 + 0.9 * (0.3 * 3 + 0.7)
    truth = (0.1 * 0.5 + 0.9 * (0.3 * 3 + 0.7) * p) / per_game
    names = [f"m{number:05d}" for number in range(models)]
    ids = [f"p{number:05d}" for number in range(prompts)]
    return battles_from_scores((weight * score).sum(2), weight.sum(2), names, ids), truth


def coverage(p: float, prompts: int, models: int, seed: int = 9) -> float:
    """Of the intervals that a report shows."""
    battles, truth = correlated_battles(p, prompts, models, seed)
    rates = with_percentiles(win_rates(battles), bootstrap(battles, rounds=1000))
    return float(np.mean((rates.lower <= truth) & (truth <= rates.upper)))


def test_intervals_cover() -> None:
    assert 0.93 < coverage(0.5, 100, 1500) < 0.965
    assert 0.93 < coverage(0.02, 100, 1500) < 0.985


@pytest.mark.slow
@pytest.mark.parametrize("prompts", [100, 500])
@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_intervals_cover_the_middle(p: float, prompts: int) -> None:
    assert 0.93 < coverage(p, prompts, 4000) < 0.965


@pytest.mark.slow
@pytest.mark.parametrize("prompts", [100, 500])
@pytest.mark.parametrize("p", [0.005, 0.02, 0.05, 0.95, 0.98, 0.995])
def test_intervals_cover_near_the_ends(p: float, prompts: int) -> None:
    # Where one win more or less is a large step no interval covers 95 % exactly.
    assert 0.935 < coverage(p, prompts, 4000) < 0.985


@pytest.mark.slow
def test_vote_intervals_cover_far_too_little() -> None:
    rng = np.random.default_rng(11)
    models, prompts, p = 400, 200, 0.5
    spread = 1 / 0.45 - 1
    strength = rng.beta(p * spread, (1 - p) * spread, size=(models, prompts, 1))
    won = rng.random((models, prompts, 2)) < strength
    strong = rng.random(won.shape) < 0.4
    weight = np.where(strong, 3.0, 1.0)
    names = [f"m{number:03d}" for number in range(models)]
    ids = [f"p{number:03d}" for number in range(prompts)]
    plain = battles_from_scores((weight * won).sum(2), weight.sum(2), names, ids)
    level = np.where(won, np.where(strong, 0, 1), np.where(strong, 4, 3))
    votes = np.array([(weight * (level == step)).sum(axis=(1, 2)) for step in range(5)]).T
    sample = bootstrap(
        replace(plain, votes=votes, weighting="strong3"), rounds=500, resample="vote"
    )
    lower, upper = percentile_limits(sample.draws, 0.95)
    assert np.mean((lower <= p) & (p <= upper)) == pytest.approx(0.75, abs=0.06)
