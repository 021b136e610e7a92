"""The binomial fit behind style control: one rating per model, a few shared coefficients.

log-odds = β_m + Σ_f γ_f·x_f on every prompt. The Hessian is diagonal in β, so a Newton step solves
only a features × features system (Schur complement), whatever the number of models.

Shapes: design features × models × prompts; score, weight models × prompts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchbuilder.errors import InputError
from benchbuilder.stats.games import FloatArray

_MAX_STEPS = 60
_TOLERANCE = 1e-10
_LONGEST_STEP = 2.0  # log-odds; keeps a step from overshooting where data nearly separate
_FURTHEST = 30.0  # log-odds beyond which float64 no longer tells a probability from 0 or 1
_COLLINEAR = 1e-9  # share of a feature's spread that the others must leave


@dataclass(frozen=True, eq=False)
class StyleFit:
    """``beta``: log-odds at equal style; ``gamma``: log-odds per unit of a feature; ``influence``:
    (models + features) × prompts, whose row sums of squares are sandwich variances by prompt."""

    design: FloatArray
    score: FloatArray
    weight: FloatArray
    beta: FloatArray
    gamma: FloatArray
    influence: FloatArray


def fit_style(design: FloatArray, score: FloatArray, weight: FloatArray) -> StyleFit:
    """Maximum likelihood; each model must have both won and lost something.

    Raises:
        InputError: style separates wins from losses, so that no finite fit exists.
    """
    total = weight.sum(axis=1)
    won = score.sum(axis=1)
    start = np.log(won) - np.log(total - won)
    beta, gamma = newton(design, score, weight, start, np.zeros(len(design)))
    mean, information = _slopes(design, weight, beta, gamma)
    residual = score - weight * mean
    curve = _curvature(design, information)
    by_prompt = np.einsum("fmp,mp->pf", design, residual)
    step_beta, step_gamma = schur_solve(*curve, residual.T, by_prompt)
    prompts = weight.shape[1]
    scale = np.sqrt(prompts / (prompts - 1)) if prompts > 1 else np.nan
    influence = scale * np.concatenate([step_beta, step_gamma], axis=1).T
    return StyleFit(design, score, weight, beta, gamma, influence)


def newton(
    design: FloatArray, score: FloatArray, weight: FloatArray, beta: FloatArray, gamma: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Newton's method from a starting point; see ``fit_style``."""
    for _ in range(_MAX_STEPS):
        mean, information = _slopes(design, weight, beta, gamma)
        residual = score - weight * mean
        slope = np.einsum("fmp,mp->f", design, residual)
        curve = _curvature(design, information)
        step_beta, step_gamma = schur_solve(*curve, residual.sum(axis=1), slope)
        longest = float(np.abs(np.concatenate([step_beta, step_gamma])).max())
        if not np.isfinite(longest):
            break
        shrink = min(1.0, _LONGEST_STEP / max(longest, _TOLERANCE))
        beta, gamma = beta + shrink * step_beta, gamma + shrink * step_gamma
        if longest < _TOLERANCE:
            reach = beta[:, None] + np.einsum("f,fmp->mp", gamma, design)
            if np.abs(reach).max() > _FURTHEST:
                break  # the steps became small because the information ran out
            return beta, gamma
    raise InputError(
        "the style fit does not converge: style separates wins from losses",
        hint="report without --style, or on more prompts",
    )


def schur_solve(
    of_beta: FloatArray,
    across: FloatArray,
    of_gamma: FloatArray,
    slope_beta: FloatArray,
    slope_gamma: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Solve the Newton system; all arguments may have leading axes that broadcast.

    Hessian: diagonal ``of_beta`` (… models), ``across`` (… features × models), ``of_gamma``
    (… features × features). What has no information gets no step but nan: a model in a round
    without its games, all of a round in which the features cannot be told apart.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = np.where(of_beta > 0, 1 / of_beta, 0.0)
    scaled = across * inverse[..., None, :]
    left = of_gamma - scaled @ np.swapaxes(across, -1, -2)
    right = slope_gamma - (scaled @ slope_beta[..., None])[..., 0]
    step_gamma = _solve(left, right)
    pulled = (step_gamma[..., None, :] @ across)[..., 0, :]
    step_beta = np.where(of_beta > 0, (slope_beta - pulled) * inverse, np.nan)
    return np.asarray(step_beta), np.asarray(step_gamma)


def _solve(left: FloatArray, right: FloatArray) -> FloatArray:
    try:
        return np.asarray(np.linalg.solve(left, right[..., None])[..., 0])
    except np.linalg.LinAlgError:  # one singular system stops the whole stack: leave it out
        left = np.broadcast_to(left, (*right.shape, right.shape[-1]))
        regular = np.linalg.matrix_rank(left) == left.shape[-1]
        step = np.full(right.shape, np.nan)
        step[regular] = np.linalg.solve(left[regular], right[regular][..., None])[..., 0]
        return step


def independent_features(values: FloatArray, weight: FloatArray) -> list[int]:
    """Places of the features that vary within models and that the ones before do not determine."""
    total = np.maximum(weight.sum(axis=1), 1e-300)
    mean = (values * weight).sum(axis=2) / total
    centred = (values - mean[:, :, None]) * np.sqrt(weight)
    flat = centred.reshape(len(values), -1)
    size = (values**2 * weight).sum(axis=(1, 2))
    kept: list[int] = []
    for place, column in enumerate(flat):
        rest = column
        if kept:
            basis = flat[kept].T
            rest = column - basis @ np.linalg.lstsq(basis, column, rcond=None)[0]
        if (rest**2).sum() > _COLLINEAR * size[place]:
            kept.append(place)
    return kept


def _slopes(
    design: FloatArray, weight: FloatArray, beta: FloatArray, gamma: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Expected score per vote, and the binomial information W·μ(1−μ), per cell."""
    from scipy.special import expit

    mean = expit(beta[:, None] + np.einsum("f,fmp->mp", gamma, design))
    return np.asarray(mean), np.asarray(weight * mean * (1 - mean))


def _curvature(
    design: FloatArray, information: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    weighted = design * information
    return (
        information.sum(axis=1),
        weighted.sum(axis=2),
        np.einsum("fmp,gmp->fg", weighted, design),
    )


def cell_slopes(fit: StyleFit) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Residual S − W·μ, information W·μ(1−μ), and its slope W·μ(1−μ)(1−2μ), per cell of a fit."""
    mean, information = _slopes(fit.design, fit.weight, fit.beta, fit.gamma)
    return fit.score - fit.weight * mean, information, information * (1 - 2 * mean)
