"""The prompt bootstrap of a style-controlled fit, as matrix products.

Every round starts at the full-sample fit θ, takes one Newton step δ with the gradient and the
Hessian of the round, and corrects it to second order: −½·H⁻¹·T[δ, δ], T being the third
derivative at θ. ``exact`` refits each round instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchbuilder.errors import InputError
from benchbuilder.stats.bootstrap import Bootstrap, counts_of, resampling_rng
from benchbuilder.stats.games import FloatArray
from benchbuilder.stats.style import StyleControl
from benchbuilder.stats.style_fit import StyleFit, cell_slopes, newton, schur_solve


@dataclass(frozen=True, eq=False)
class StyleBootstrap:
    """``sample``: win rates at equal style, rounds × models, for intervals and pairs;
    ``coefficients``: rounds × features."""

    sample: Bootstrap
    coefficients: FloatArray
    exact: bool


@dataclass(frozen=True, eq=False)
class _Terms:
    """What a round sums over its prompts, and the third derivative of the whole sample."""

    residual: FloatArray  # models × prompts
    information: FloatArray
    weighted: FloatArray  # features × models × prompts: x · information
    slope: FloatArray  # prompts × features
    squares: FloatArray  # prompts × features²
    bend: tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def style_bootstrap(
    style: StyleControl, *, rounds: int = 1000, seed: int = 42, exact: bool = False
) -> StyleBootstrap:
    """Resample prompts; with one seed the draws are those of the plain ``bootstrap``."""
    from scipy.special import expit

    fit = style.fit
    rng = resampling_rng(seed)
    terms = _terms(fit)
    betas, gammas = [], []
    for counts in counts_of(fit.score, rounds, rng):
        beta, gamma = _refit(fit, counts) if exact else _one_step(fit, terms, counts)
        betas.append(beta)
        gammas.append(gamma)
    draws = np.full((rounds, len(style.rates.models)), np.nan)
    draws[:, style.rows] = expit(np.concatenate(betas))
    sample = Bootstrap(style.rates.models, draws, rounds, seed, "prompt")
    return StyleBootstrap(sample, np.concatenate(gammas), exact)


def _terms(fit: StyleFit) -> _Terms:
    residual, information, bend = cell_slopes(fit)
    x, weighted = fit.design, fit.design * information
    bent = x * bend
    features, _, prompts = x.shape
    return _Terms(
        residual=residual,
        information=information,
        weighted=weighted,
        slope=np.einsum("fmp,mp->pf", x, residual),
        squares=np.einsum("fmp,gmp->pfg", weighted, x).reshape(prompts, features**2),
        bend=(
            bend.sum(axis=1),
            bent.sum(axis=2),
            np.einsum("fmp,gmp->fgm", bent, x),
            np.einsum("fmp,gmp,hmp->fgh", bent, x, x, optimize=True),
        ),
    )


def _one_step(fit: StyleFit, terms: _Terms, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    features = len(fit.gamma)
    curve = (
        counts @ terms.information.T,
        np.stack([counts @ of_feature.T for of_feature in terms.weighted], axis=1),
        (counts @ terms.squares).reshape(-1, features, features),
    )
    beta, gamma = schur_solve(*curve, counts @ terms.residual.T, counts @ terms.slope)
    known = np.nan_to_num(beta)
    t0, t1, t2, t3 = terms.bend
    pull = gamma @ t1  # Σ_f γ_f · t1, rounds × models
    bend_beta = t0 * known**2 + 2 * known * pull + _quadratic(gamma, t2)
    bend_gamma = (
        known**2 @ t1.T
        + 2 * np.einsum("rm,rf,fgm->rg", known, gamma, t2, optimize=True)
        + np.einsum("rf,rg,fgh->rh", gamma, gamma, t3, optimize=True)
    )
    more_beta, more_gamma = schur_solve(*curve, -bend_beta / 2, -bend_gamma / 2)
    return fit.beta + beta + more_beta, fit.gamma + gamma + more_gamma


def _quadratic(gamma: FloatArray, t2: FloatArray) -> FloatArray:
    """Σ_fg γ_f·γ_g·t2[f, g], rounds × models."""
    features = len(t2)
    products = (gamma[:, :, None] * gamma[:, None, :]).reshape(len(gamma), features**2)
    return np.asarray(products @ t2.reshape(features**2, -1))


def _refit(fit: StyleFit, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Newton in every round; a round without a finite fit is nan."""
    beta = np.full((len(counts), len(fit.beta)), np.nan)
    gamma = np.full((len(counts), len(fit.gamma)), np.nan)
    for place, drawn in enumerate(counts):
        score, weight = fit.score * drawn, fit.weight * drawn
        won, total = score.sum(axis=1), weight.sum(axis=1)
        rows = np.flatnonzero((won > 0) & (won < total))
        try:
            fitted = newton(
                fit.design[:, rows], score[rows], weight[rows], fit.beta[rows], fit.gamma
            )
        except InputError:
            continue  # the round stays nan: in this draw style separates wins from losses
        beta[place, rows], gamma[place] = fitted
    return beta, gamma
