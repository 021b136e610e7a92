"""Looking again and again: intervals that hold at every look, and who is certainly out.

An interval of ±1.96 standard errors covers 95 % at one look that was planned. Whoever looks after
every block of prompts and stops when the result pleases needs a *confidence sequence*: intervals
that cover at all looks together. This is the asymptotic one of Robbins' normal mixture
(Waudby-Smith et al. 2021): half-width σ/√n · √( 2(nρ²+1)/(nρ²) · ln(√(nρ²+1)/α) ), where ρ decides
at which n it is tightest.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from benchbuilder.stats.games import BoolArray, FloatArray

#: With fewer prompts the standard errors themselves are too uncertain to stop anybody.
FEWEST_PROMPTS = 25


def sequential_z(prompts: int, *, planned: int, alpha: float) -> float:
    """How many standard errors an interval reaches that holds at every look with 1 − alpha.

    ``prompts``: seen so far; ``planned``: all there are. Tightest at a quarter of the planned.
    With alpha .05 and 500 planned: 3.0 at 125 prompts, where a single look would need 1.96.
    """
    rho = _rho_squared(max(planned // 4, 1), alpha)
    return _width(prompts, rho, alpha)


def sequential_interval(
    score: FloatArray, weight: FloatArray, *, planned: int, alpha: float = 0.05
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """``(win rate, lower, upper)`` of each model, valid whenever the judging was stopped.

    ``score`` and ``weight`` are models × prompts as in ``Battles``; a prompt with weight 0 was not
    played. Limits are cut to 0 and 1; a model without prompts has nan.
    """
    rate, residual, seen = _residuals(score, weight)
    error = np.sqrt((residual**2).sum(axis=1) + _one_more_prompt(seen))
    z = np.array(
        [sequential_z(int(n), planned=planned, alpha=alpha) if n else np.nan for n in seen]
    )
    return rate, np.clip(rate - z * error, 0, 1), np.clip(rate + z * error, 0, 1)


def certainly_out(
    score: FloatArray, weight: FloatArray, *, top: int, planned: int, alpha: float = 0.05
) -> BoolArray:
    """True for models that at least ``top`` others are better than, with certainty.

    Models × prompts, as in ``Battles``; models that have played fewer than ``FEWEST_PROMPTS`` are
    left alone. Differences are paired by prompt. With probability 1 − alpha no comparison is wrong
    at any look, for all pairs together (Bonferroni over pairs, a confidence sequence over looks).
    """
    rate, residual, seen = _residuals(score, weight)
    known = seen >= FEWEST_PROMPTS
    models = int(known.sum())
    out = np.zeros(len(score), dtype=bool)
    if models <= top:
        return out
    rate, residual, seen = rate[known], residual[known], seen[known]
    pairs = models * (models - 1) / 2
    z = sequential_z(int(seen.min()), planned=planned, alpha=alpha / pairs)
    shared = np.einsum("mp,np->mn", residual, residual)
    own = np.diag(shared)
    variance = np.maximum(own[:, None] + own[None, :] - 2 * shared, 0)
    error = np.sqrt(variance + _one_more_prompt(seen.min()))
    behind = (rate[None, :] - rate[:, None]) > z * error
    out[known] = behind.sum(axis=1) >= top
    return out


def _residuals(score: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Win rates, what each prompt adds to the error of each, and prompts seen."""
    seen = (weight > 0).sum(axis=1).astype(np.float64)
    total = weight.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = score.sum(axis=1) / total
        residual = (score - rate[:, None] * weight) / total[:, None]
        residual *= np.sqrt(seen / (seen - 1))[:, None]
    return rate, residual, seen


def _one_more_prompt(seen: FloatArray | np.float64) -> FloatArray:
    """The variance that one more prompt with the opposite outcome would bring.

    Without it a model that lost its first 25 games would have no error at all.
    """
    return np.asarray(1.0 / (seen + 1.0) ** 2)


@lru_cache(maxsize=64)
def _rho_squared(tightest_at: int, alpha: float) -> float:
    grid = np.geomspace(1e-5, 10, 800)
    widths = [_width(tightest_at, float(rho), alpha) for rho in grid]
    return float(grid[int(np.argmin(widths))])


def _width(prompts: int, rho: float, alpha: float) -> float:
    growth = prompts * rho + 1
    return math.sqrt(2 * growth / (prompts * rho) * math.log(math.sqrt(growth) / alpha))
