"""Which models can be told apart, and which ranks are possible.

Two rules, side by side. The paper's: the two intervals are disjoint. The paired one: the interval
of the difference leaves out 0; as all models answer the same prompts, much of the error cancels
and more pairs are separated on the same judgments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchbuilder.stats.bootstrap import Bootstrap, percentile_limits
from benchbuilder.stats.games import BoolArray, FloatArray, IntArray
from benchbuilder.stats.win_rate import WinRates, normal_quantile

PairedMethod = Literal["z", "percentile"]
OverlapRule = Literal["closed", "open"]


@dataclass(frozen=True)
class Separability:
    """Share of model pairs that are separated; ``share`` is None without a pair that could be."""

    share: float | None
    separated: int
    pairs: int
    undefined: int  # pairs with a model that has no interval; not among ``pairs``
    rule: str


@dataclass(frozen=True, eq=False)
class PairedDifferences:
    """Differences row minus column, models × models; nan where a model has no interval."""

    models: tuple[str, ...]
    difference: FloatArray
    standard_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray
    separated: BoolArray
    confidence: float
    method: PairedMethod


@dataclass(frozen=True, eq=False)
class RankRanges:
    """Possible ranks per model, 1 is best, ends included."""

    models: tuple[str, ...]
    low: IntArray
    high: IntArray
    rule: str


def disjoint(lower: FloatArray, upper: FloatArray, rule: OverlapRule = "closed") -> BoolArray:
    """Models × models: the intervals share no point.

    ``closed``: intervals that touch overlap, and one of zero width inside another overlaps.
    ``open``: neither does (the rule behind the agreement figures that the authors recorded).
    """
    start, end = np.maximum.outer(lower, lower), np.minimum.outer(upper, upper)
    apart = start > end if rule == "closed" else start >= end
    np.fill_diagonal(apart, False)
    return np.asarray(apart)


def separability(
    separated: BoolArray, defined: BoolArray | None = None, *, rule: str = "disjoint intervals"
) -> Separability:
    """Count the pairs of a symmetric models × models mask; ``defined`` (per model) says which
    models have an interval at all."""
    first, second = np.triu_indices(len(separated), k=1)
    known = np.ones(len(separated), dtype=bool) if defined is None else defined
    usable = known[first] & known[second]
    pairs, count = int(usable.sum()), int((separated[first, second] & usable).sum())
    return Separability(
        share=count / pairs if pairs else None,
        separated=count,
        pairs=pairs,
        undefined=len(first) - pairs,
        rule=rule,
    )


def disjoint_separability(rates: WinRates) -> Separability:
    """The paper's rule on the intervals of these rates."""
    mask = disjoint(rates.lower, rates.upper)
    return separability(mask, ~np.isnan(rates.lower), rule="disjoint intervals")


def paired_separability(differences: PairedDifferences) -> Separability:
    """The share of pairs whose paired difference leaves out 0."""
    defined = ~np.isnan(np.diagonal(differences.standard_error))
    return separability(differences.separated, defined, rule=f"paired, {differences.method}")


def paired_differences(
    rates: WinRates, sample: Bootstrap | None = None, *, method: PairedMethod = "z"
) -> PairedDifferences:
    """All differences between models on the shared prompts.

    ``z`` (default): difference / its analytic error; no Monte Carlo noise, no seed, and the limit
    of the bootstrap for many rounds. ``percentile``: percentiles of the differences within each
    round of ``sample``, which also follow a skewed distribution. A model that won or lost every
    game has no spread of its own; the width of its Clopper-Pearson interval stands in.

    Raises:
        ValueError: ``percentile`` without draws of the same models.
    """
    difference = rates.win_rate[:, None] - rates.win_rate[None, :]
    error = difference_errors(rates)
    z = normal_quantile(rates.confidence)
    if method == "z":
        lower, upper = difference - z * error, difference + z * error
    else:
        if sample is None or sample.models != rates.models:
            raise ValueError("percentiles need the draws of the same models")
        lower, upper = _percentile_differences(sample.draws, rates.confidence)
    return PairedDifferences(
        models=rates.models,
        difference=difference,
        standard_error=error,
        lower=lower,
        upper=upper,
        p_value=_p_values(difference, error),
        separated=np.asarray((lower > 0) | (upper < 0)),
        confidence=rates.confidence,
        method=method,
    )


def difference_errors(rates: WinRates) -> FloatArray:
    """Standard errors of all differences, models × models."""
    covariance = rates.covariance
    variance = np.diagonal(covariance).copy()
    reach = np.maximum(rates.win_rate - rates.lower, rates.upper - rates.win_rate)
    stand_in = (reach / normal_quantile(rates.confidence)) ** 2
    variance[rates.diverges] = stand_in[rates.diverges]
    squared = variance[:, None] + variance[None, :] - 2 * covariance
    # Where two rows are equal prompt by prompt the difference is 0 up to rounding.
    scale = variance[:, None] + variance[None, :]
    squared[np.abs(squared) < 1e-12 * scale] = 0.0
    np.fill_diagonal(squared, np.where(np.isnan(variance), np.nan, 0.0))
    return np.sqrt(np.maximum(squared, 0.0))


def rank_ranges(models: tuple[str, ...], better: BoolArray, *, rule: str) -> RankRanges:
    """Ranks from a mask: ``better[i, j]`` says that i is certainly above j."""
    count = len(models)
    low = 1 + better.sum(axis=0)
    high = count - better.sum(axis=1)
    return RankRanges(models, np.asarray(low), np.asarray(high), rule)


def disjoint_rank_ranges(rates: WinRates) -> RankRanges:
    """Rank 1 + models whose interval lies wholly above, to count − models wholly below."""
    better = rates.lower[:, None] > rates.upper[None, :]
    return rank_ranges(rates.models, np.asarray(better), rule="disjoint intervals")


def paired_rank_ranges(differences: PairedDifferences) -> RankRanges:
    """The same from paired differences, each at its own level."""
    better = differences.separated & (differences.difference > 0)
    return rank_ranges(differences.models, better, rule=f"paired, {differences.method}")


def _percentile_differences(draws: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray]:
    rows = [percentile_limits(column[:, None] - draws, confidence) for column in draws.T]
    return np.array([low for low, _ in rows]), np.array([high for _, high in rows])


def _p_values(difference: FloatArray, error: FloatArray) -> FloatArray:
    """Two-sided; equal models with no error at all have p = 1."""
    from scipy.special import ndtr

    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.abs(difference) / error
    size = np.where((difference == 0) & (error == 0), 0.0, size)
    return np.asarray(2 * ndtr(-size))
