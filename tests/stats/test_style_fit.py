"""The binomial fit behind style control."""

from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.errors import InputError
from benchbuilder.stats.style_fit import fit_style, independent_features, schur_solve

from .cases import HAND


@pytest.mark.parametrize("which", ["a", "b"])
def test_closed_form(which: str) -> None:
    case = HAND["style_closed_form"]
    score, weight = (np.array([case[name]], dtype=float) for name in ("S", "W"))
    design = np.array([[case[f"x_{which}"]]], dtype=float)
    fit, expected = fit_style(design, score, weight), case[f"expected_{which}"]
    assert fit.beta[0] == pytest.approx(expected["beta"], abs=1e-6)
    assert fit.gamma[0] == pytest.approx(expected["gamma"], abs=1e-6)
    rate = 1 / (1 + np.exp(-fit.beta[0]))
    assert rate == pytest.approx(expected["win_rate_equal_style"], abs=1e-6)


def test_no_mean_centring() -> None:
    case = HAND["style_closed_form"]
    score, weight = (np.array([case[name]], dtype=float) for name in ("S", "W"))
    centred = np.array([[case["x_b"]]], dtype=float) - np.mean(case["x_b"])
    rate = 1 / (1 + np.exp(-fit_style(centred, score, weight).beta[0]))
    expected = case["expected_b"]["win_rate_if_feature_is_mean_centred"]
    assert rate == pytest.approx(expected, abs=1e-6)


def test_separated_data_have_no_finite_fit() -> None:
    design = np.array([[[-2.0, -1.0, 1.0, 2.0]]])
    with pytest.raises(InputError, match="does not converge"):
        fit_style(design, np.array([[0.0, 0.0, 1.0, 1.0]]), np.ones((1, 4)))


def test_features_that_say_nothing_new_are_found() -> None:
    rng = np.random.default_rng(1)
    free = rng.normal(size=(3, 20))
    constant = np.full((3, 20), 0.3)
    by_model = np.repeat([[1.0], [2.0], [3.0]], 20, axis=1)  # β takes all of it
    other = rng.normal(size=(3, 20))
    values = np.array([constant, free, by_model, 2 * free, other, free - other])
    assert independent_features(values, np.ones((3, 20))) == [1, 4]


def test_a_singular_round_is_null_and_spoils_no_other() -> None:
    of_beta = np.ones((2, 1))
    across = np.zeros((2, 2, 1))
    of_gamma = np.array([np.eye(2), np.ones((2, 2))])
    beta, gamma = schur_solve(of_beta, across, of_gamma, np.ones((2, 1)), np.ones((2, 2)))
    assert gamma[0].tolist() == [1, 1]
    assert np.isnan(gamma[1]).all()
    assert beta[0].tolist() == [1]
    assert np.isnan(beta[1]).all()
