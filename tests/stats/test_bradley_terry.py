"""Ratings from a graph of models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.bradley_terry import BradleyTerry, bradley_terry
from benchbuilder.stats.win_rate import win_rates

from .cases import HAND, random_judgments


def fit(wins: list[list[Any]]) -> BradleyTerry:
    names = sorted({name for row in wins for name in row[:2]})
    matrix = np.zeros((len(names), len(names)))
    for winner, loser, times in wins:
        matrix[names.index(winner), names.index(loser)] += times
    return bradley_terry(names, matrix)


def test_a_cycle_gives_equal_ratings_and_a_deviance() -> None:
    found, expected = fit(HAND["cyclic"]["wins"]), HAND["cyclic"]["expected"]
    assert found.rating == pytest.approx(expected["ratings"], abs=1e-9)
    assert found.deviance == pytest.approx(expected["deviance"], abs=1e-9)
    assert found.df == expected["df"]
    assert found.strong_components == expected["strong_components"]
    assert not found.diverges.any()


def test_disconnected_models_have_no_difference() -> None:
    found, expected = fit(HAND["disconnected"]["wins"]), HAND["disconnected"]["expected"]
    parts = [[found.models[i] for i in np.flatnonzero(found.component == part)] for part in (0, 1)]
    assert parts == expected["components"]
    assert found.difference("A", "B") == pytest.approx(expected["A_minus_B"], abs=1e-9)
    assert found.difference("C", "D") == pytest.approx(expected["C_minus_D"], abs=1e-9)
    assert found.difference("A", "C") is expected["across"] is None


def test_a_model_that_always_won_diverges() -> None:
    case = HAND["weakly_connected_not_strong"]
    found = fit(case["wins"])
    assert found.rating[0] == float(case["expected"]["A"])
    assert found.diverges.tolist() == [True, False, False]
    gap = found.difference("B", "C")
    assert gap == pytest.approx(case["expected"]["B_minus_C"], abs=1e-9)
    assert found.difference("A", "C") == np.inf


def test_the_loser_of_a_chain_diverges_downwards() -> None:
    found = fit([["B", "C", 2], ["C", "B", 1], ["C", "D", 5], ["E", "D", 1]])
    assert found.rating[found.models.index("D")] == -np.inf
    assert np.isnan(found.rating[found.models.index("E")])  # beat D only: no order towards B, C
    assert found.difference("E", "B") is None


def test_against_one_baseline_it_is_the_logit_of_the_win_rate() -> None:
    battles = build_battles(random_judgments(4, 40, seed=1))
    rates = win_rates(battles)
    won, played = battles.score.sum(axis=1), battles.weight.sum(axis=1)
    wins = np.zeros((5, 5))
    wins[:4, 4], wins[4, :4] = won, played - won
    found = bradley_terry([*battles.models, "base"], wins)
    assert found.rating[:4] - found.rating[4] == pytest.approx(rates.logit, abs=1e-9)
    assert found.deviance == pytest.approx(0, abs=1e-9)


def test_the_covariance_is_that_of_the_logit() -> None:
    found = fit([["A", "B", 30], ["B", "A", 10]])
    variance = found.covariance[0, 0] + found.covariance[1, 1] - 2 * found.covariance[0, 1]
    assert variance == pytest.approx(1 / 30 + 1 / 10)
