"""An interval for a win rate of which little was seen: few prompts won, or few lost.

The Bayesian bootstrap (Rubin 1981) weighs every prompt by a gamma variable g of shape 1:
P(p ≤ q) = P(Σ g·(S − q·W) ≤ 0). What no prompt shows has no weight in it, so each limit gets half a
prompt (shape ½, of mean weight) that goes its way: a won one for the upper limit, a lost one for
the lower. With prompts of equal weight that are won or lost whole the limits are those of
Beta(x + ½, n − x) and Beta(x, n − x + ½), between Jeffreys' interval and Clopper-Pearson's.

The distribution of the sum is that of the shifted gamma with its first three moments (Pearson's
type III, as Imhof 1961 uses it for such sums), so there is nothing to draw and no seed.
"""

from __future__ import annotations

import numpy as np

from benchbuilder.stats.games import FloatArray

#: Σ Sʲ·Wᵏ per model, by (j, k).
Moments = dict[tuple[int, int], FloatArray]

_HALVINGS = 45  # of the unit interval: the limits are exact to 3e-14
_SKEW = 1e-3  # below it the gamma is a normal distribution to four digits


def half_prompt_limits(
    score: FloatArray, weight: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper limits per model from S and W, models × prompts.

    Every model needs a prompt that it did not lose whole and one that it did not win whole.
    """
    sums = _sums(score, weight)
    size = weight.sum(axis=1) / (weight > 0).sum(axis=1)
    tail = (1 - confidence) / 2
    lower = _quantile(_with_half(sums, np.zeros_like(size), size), tail)
    upper = _quantile(_with_half(sums, size, size), 1 - tail)
    return lower, upper


def _sums(s: FloatArray, w: FloatArray) -> Moments:
    ss, ww = s * s, w * w
    powers = {(1, 0): s, (0, 1): w, (2, 0): ss, (1, 1): s * w, (0, 2): ww}
    powers |= {(3, 0): ss * s, (2, 1): ss * w, (1, 2): s * ww, (0, 3): ww * w}
    return {place: power.sum(axis=1) for place, power in powers.items()}


def _with_half(sums: Moments, score: FloatArray, size: FloatArray) -> Moments:
    """The sums with half a prompt of that score and size."""
    return {(j, k): total + 0.5 * score**j * size**k for (j, k), total in sums.items()}


def _quantile(moments: Moments, share: float) -> FloatArray:
    """The q at which P(p ≤ q) reaches the share, by bisection."""
    low = np.zeros_like(moments[1, 0])
    high = np.ones_like(low)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        under = _share_below(moments, middle) < share
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return (low + high) / 2


def _share_below(m: Moments, q: FloatArray) -> FloatArray:
    """P(Σ g·(S − q·W) ≤ 0): cumulants of a gamma variable of shape a are a, a and 2a."""
    from scipy.special import gammainc, gammaincc, ndtr

    mean = m[1, 0] - q * m[0, 1]
    spread = np.sqrt(m[2, 0] - 2 * q * m[1, 1] + q**2 * m[0, 2])
    third = m[3, 0] - 3 * q * m[2, 1] + 3 * q**2 * m[1, 2] - q**3 * m[0, 3]
    skew = 2 * third / spread**3
    size = np.maximum(np.abs(skew), _SKEW)
    shape = 4 / size**2
    to_zero = -mean / spread * 2 / size
    right = gammainc(shape, np.maximum(shape + to_zero, 0.0))
    left = gammaincc(shape, np.maximum(shape - to_zero, 0.0))
    skewed = np.where(skew > 0, right, left)
    return np.where(np.abs(skew) < _SKEW, ndtr(-mean / spread), skewed)
