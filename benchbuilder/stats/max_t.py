"""Rank intervals that hold for all models at once.

Step-down max-T over all pairs, after Romano and Wolf (2005) and, for ranks, Mogstad, Romano,
Shaikh and Wilhelm (2024): compare every difference with the quantile of the largest studentised
bootstrap difference among the pairs that are still open, drop what is rejected, repeat. With 95 %
probability no pair is called the wrong way round.
"""

from __future__ import annotations

import numpy as np

from benchbuilder.stats.bootstrap import Bootstrap
from benchbuilder.stats.games import BoolArray, FloatArray, IntArray
from benchbuilder.stats.separability import RankRanges, difference_errors, rank_ranges
from benchbuilder.stats.win_rate import WinRates

_CELLS_PER_CHUNK = 4_000_000  # rounds × pairs held at once: 32 MB


def family_wise_rank_ranges(rates: WinRates, sample: Bootstrap) -> RankRanges:
    """Rank intervals with a family-wise error of 1 − confidence.

    Raises:
        ValueError: the draws are of other models, or of votes, which are not paired.
    """
    if rates.models != sample.models:
        raise ValueError("rates and draws are of different models")
    if sample.resample == "vote":
        raise ValueError("resampled votes are not paired; resample prompts or topics")
    separated = step_down(rates, sample.draws)
    better = separated & (rates.win_rate[:, None] > rates.win_rate[None, :])
    percent = f"{100 * (1 - rates.confidence):g} %"
    return rank_ranges(rates.models, better, rule=f"step-down max-T, family-wise {percent}")


def step_down(rates: WinRates, draws: FloatArray) -> BoolArray:
    """Models × models, symmetric: pairs that are separated family-wise."""
    count = len(rates.models)
    first, second = np.triu_indices(count, k=1)
    error = difference_errors(rates)[first, second]
    difference = (rates.win_rate[:, None] - rates.win_rate[None, :])[first, second]
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.abs(difference) / error
    # Without an error there is nothing to test: a single prompt, or models that are equal.
    open_pairs = np.flatnonzero(np.isfinite(size))
    rejected = np.zeros(len(first), dtype=bool)
    while len(open_pairs):
        largest = _largest(
            draws, rates.win_rate, first[open_pairs], second[open_pairs], error[open_pairs]
        )
        critical = np.quantile(largest, rates.confidence)
        found = size[open_pairs] > critical
        if not found.any():
            break
        rejected[open_pairs[found]] = True
        open_pairs = open_pairs[~found]
    separated = np.zeros((count, count), dtype=bool)
    separated[first[rejected], second[rejected]] = True
    return separated | separated.T


def _largest(
    draws: FloatArray, estimate: FloatArray, first: IntArray, second: IntArray, error: FloatArray
) -> FloatArray:
    """Per round, the largest |difference − its estimate| / error among the pairs.

    A model without a game in a round takes no part in that round.
    """
    moved = np.nan_to_num(draws - estimate)
    largest = np.zeros(len(draws))
    chunk = max(1, _CELLS_PER_CHUNK // len(draws))
    for start in range(0, len(first), chunk):
        part = slice(start, start + chunk)
        gap = np.abs(moved[:, first[part]] - moved[:, second[part]]) / error[part]
        np.maximum(largest, gap.max(axis=1), out=largest)
    return largest
