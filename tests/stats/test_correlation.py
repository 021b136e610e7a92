"""Spearman and Kendall, with intervals over models."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.correlation import kendall, spearman
from benchbuilder.stats.win_rate import win_rates, with_baseline

from .cases import HAND, korean_judgments


def test_hand_case_with_a_tie_on_either_side() -> None:
    case = HAND["alignment"]
    score, human = np.array(case["score"]), np.array(case["human"], dtype=float)
    assert spearman(score, human).value == pytest.approx(case["expected"]["spearman"], abs=1e-9)
    tau = kendall(score, human).value
    assert tau == pytest.approx(case["expected"]["kendall_tau_b"], abs=1e-9)


@pytest.mark.parametrize("name", ["alpaca_lc", "alpaca", "arena_hard", "mt_bench"])
def test_the_paper_authors_data(shared: Path, name: str) -> None:
    data = json.loads((shared / "reference" / "arena_hard_paper_metrics.json").read_text())
    score, human = np.array(data["benchmarks"][name]["score"]), np.array(data["human"]["rating"])
    wanted = data["expected"][name]
    assert spearman(score, human).value == pytest.approx(wanted["spearman"], abs=1e-9)
    assert kendall(score, human).value == pytest.approx(wanted["kendall_tau_b"], abs=1e-9)


def test_korean_verdicts_against_people(shared: Path) -> None:
    expected = json.loads((shared / "reference" / "ko_expected.json").read_text())
    battles = build_battles(korean_judgments(shared))
    rates = with_baseline(win_rates(battles), battles.baseline)
    for people, human in expected["human"].items():
        rows = np.array([row for row, model in enumerate(rates.models) if model in human])
        rating = np.array([human[rates.models[row]][0] for row in rows])
        rho, tau = spearman(rates.win_rate[rows], rating), kendall(rates.win_rate[rows], rating)
        wanted = expected["alignment"][people]
        assert rho.value == pytest.approx(wanted["spearman"], abs=1e-9)
        assert tau.value == pytest.approx(wanted["kendall_tau_b"], abs=1e-9)
        assert rho.models == wanted["n"]
        assert rho.lower is not None and rho.upper is not None and rho.value is not None
        assert rho.lower < rho.value < rho.upper
        if people == "hard_6":  # resampled models say far less than resampled prompts
            assert (rho.lower, rho.upper) == pytest.approx((0.839, 0.961), abs=0.015)


VALUES = st.lists(st.integers(0, 4), min_size=3, max_size=12)


@given(VALUES, st.integers(0, 9))
def test_values_are_those_of_scipy(values: list[int], seed: int) -> None:
    x = np.array(values, dtype=float)
    y = np.random.default_rng(seed).integers(0, 4, size=len(x)).astype(float)
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert spearman(x, y).value is None
        assert kendall(x, y).reason == "all models have the same score or the same rating"
        return
    assert spearman(x, y, rounds=5).value == pytest.approx(scipy_stats.spearmanr(x, y).statistic)
    assert kendall(x, y, rounds=5).value == pytest.approx(scipy_stats.kendalltau(x, y).statistic)


def test_a_resample_is_the_statistic_of_the_drawn_models() -> None:
    from benchbuilder.stats.correlation import _kendall_of, _spearman_of

    x, y = np.array([1.0, 2, 3, 3, 5]), np.array([2.0, 1, 3, 4, 5])
    drawn = np.array([0, 0, 2, 3, 4])
    counts = np.bincount(drawn, minlength=5)[None].astype(float)
    rho = scipy_stats.spearmanr(x[drawn], y[drawn]).statistic
    tau = scipy_stats.kendalltau(x[drawn], y[drawn]).statistic
    assert _spearman_of(counts, x, y)[0] == pytest.approx(rho)
    assert _kendall_of(counts, x, y)[0] == pytest.approx(tau)


def test_fewer_than_three_models_have_no_correlation() -> None:
    found = spearman(np.array([0.1, 0.2, np.nan]), np.array([1.0, 2.0, 3.0]))
    assert (found.value, found.lower, found.upper) == (None, None, None)
    assert found.reason == "2 models in common; 3 are needed"


def test_the_same_seed_gives_the_same_interval() -> None:
    x, y = np.arange(9.0), np.array([2.0, 1, 3, 5, 4, 7, 6, 9, 8])
    assert spearman(x, y, seed=1) == spearman(x, y, seed=1)
    assert spearman(x, y, seed=1) != spearman(x, y, seed=2)
