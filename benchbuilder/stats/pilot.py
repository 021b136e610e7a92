"""How many prompts are needed? What a pilot lets one expect of n prompts of its kind.

Errors shrink with √n. Separability also hangs on how far apart the models truly are, and a pilot
shows them further apart than they are: it adds its own noise. So its win rates are shrunk towards
their mean first (empirical Bayes: a normal prior whose variance is what the pilot's errors leave of
the spread), and what remains uncertain about the true gaps is averaged over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchbuilder.errors import InputError
from benchbuilder.stats.games import FloatArray
from benchbuilder.stats.separability import difference_errors
from benchbuilder.stats.win_rate import WinRates, normal_quantile

#: Beyond so many prompts no answer is searched for.
MOST_PROMPTS = 1_000_000


@dataclass(frozen=True)
class Expectation:
    """What to expect of a benchmark of ``prompts``; widths and shares are fractions of 1."""

    prompts: int
    interval_width: float  # mean over the models
    widest: float
    separability: float  # the paper's rule: disjoint intervals
    separability_paired: float


@dataclass(frozen=True, eq=False)
class Pilot:
    """What a pilot knows: per model the half-width of its interval; per pair of models the gap
    (shrunk), its remaining variance, and the error of the difference; all at ``prompts``."""

    models: int
    prompts: int
    reach: FloatArray
    gap: FloatArray
    gap_variance: FloatArray
    pair_reach: FloatArray
    pair_error: FloatArray
    z: float


def read_pilot(rates: WinRates) -> Pilot:
    """A pilot from the win rates of its models.

    Raises:
        InputError: fewer than two models with an interval.
    """
    known = np.flatnonzero(~np.isnan(rates.upper - rates.lower))
    if len(known) < 2:
        raise InputError(
            "a pilot needs two models with two judged prompts each at least",
            hint="judge a few dozen prompts first",
        )
    first, second = np.triu_indices(len(known), k=1)
    reach = (rates.upper - rates.lower)[known] / 2
    errors = difference_errors(rates)[np.ix_(known, known)]
    centre, remaining = _shrunk(rates.win_rate[known], rates.covariance[np.ix_(known, known)])
    left = np.diagonal(remaining)
    return Pilot(
        models=len(known),
        prompts=rates.influence.shape[1],
        reach=reach,
        gap=np.abs(centre[first] - centre[second]),
        gap_variance=np.maximum(left[first] + left[second] - 2 * remaining[first, second], 0),
        pair_reach=reach[first] + reach[second],
        pair_error=errors[first, second],
        z=normal_quantile(rates.confidence),
    )


def expect(pilot: Pilot, prompts: int) -> Expectation:
    """What ``prompts`` new prompts of the pilot's kind would show of its models."""
    scale = float(np.sqrt(pilot.prompts / prompts))
    error = pilot.pair_error * scale
    return Expectation(
        prompts=prompts,
        interval_width=float(2 * pilot.reach.mean() * scale),
        widest=float(2 * pilot.reach.max() * scale),
        separability=_share(pilot, error, pilot.pair_reach * scale),
        separability_paired=_share(pilot, error, pilot.z * error),
    )


def prompts_needed(
    pilot: Pilot, *, width: float | None = None, separability: float | None = None
) -> int | None:
    """The fewest prompts with a mean interval no wider than ``width`` and at least this paired
    ``separability``; None where a million would not do."""

    def enough(prompts: int) -> bool:
        found = expect(pilot, prompts)
        narrow = width is None or found.interval_width <= width
        return narrow and (separability is None or found.separability_paired >= separability)

    if not enough(MOST_PROMPTS):
        return None
    low, high = 1, MOST_PROMPTS  # bisection: more prompts are never worse
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def _share(pilot: Pilot, error: FloatArray, threshold: FloatArray) -> float:
    """Mean over the pairs of P(|difference that is measured| > threshold)."""
    from scipy.special import ndtr

    spread = np.sqrt(pilot.gap_variance + error**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        above = ndtr((pilot.gap - threshold) / spread) + ndtr((-pilot.gap - threshold) / spread)
    # Two models that never differ are never separated.
    return float(np.where(spread > 0, above, 0.0).mean())


def _shrunk(rate: FloatArray, covariance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Posterior mean and covariance of the true win rates.

    The prior variance is the spread of the rates less what noise alone would give them (errors
    that all models share move no gap).
    """
    count = len(rate)
    own = np.trace(covariance) / count
    shared = (covariance.sum() - np.trace(covariance)) / (count * (count - 1))
    prior = max(float(np.var(rate, ddof=1) - (own - shared)), 0.0)
    gain = prior * np.linalg.pinv(prior * np.eye(count) + covariance, hermitian=True)
    centre = rate.mean() + gain @ (rate - rate.mean())
    remaining = prior * (np.eye(count) - gain)
    return centre, (remaining + remaining.T) / 2
