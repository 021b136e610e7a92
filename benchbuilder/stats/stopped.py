"""Models whose judging was stopped early: what can still be said of them.

Their number of prompts hangs on how they did, so the usual interval covers too little (90 to 93 %
instead of 95). They carry the sequential interval, and they take no part in counts of separated
pairs: a benchmark does not become better because it was cut short for some.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from benchbuilder.stats.battles import Battles
from benchbuilder.stats.sequential import sequential_interval, sequential_z
from benchbuilder.stats.win_rate import WinRates, normal_quantile


def with_sequential_limits(rates: WinRates, battles: Battles, stopped: Collection[str]) -> WinRates:
    """The rates with sequential intervals for the ``stopped`` models.

    Their influence grows in the same proportion as the interval, so that errors of differences and
    the ranks that follow from them are as careful.
    """
    rows = [place for place, model in enumerate(rates.models) if model in stopped]
    if not rows:
        return rates
    planned, alpha = len(battles.prompts), 1 - rates.confidence
    _, low, high = sequential_interval(
        battles.score[rows], battles.weight[rows], planned=planned, alpha=alpha
    )
    lower, upper, influence = rates.lower.copy(), rates.upper.copy(), rates.influence.copy()
    lower[rows], upper[rows] = low, high
    single = normal_quantile(rates.confidence)
    for row in rows:
        prompts = int(rates.units[row])
        if prompts:
            influence[row] *= sequential_z(prompts, planned=planned, alpha=alpha) / single
    return replace(
        rates,
        lower=lower,
        upper=upper,
        influence=influence,
        interval=tuple(
            "sequential" if place in rows else kind for place, kind in enumerate(rates.interval)
        ),
    )


def without_limits(rates: WinRates, stopped: Collection[str]) -> WinRates:
    """The rates with no interval for the ``stopped`` models: no pair of theirs can be counted."""
    rows = [place for place, model in enumerate(rates.models) if model in stopped]
    lower, upper, influence = rates.lower.copy(), rates.upper.copy(), rates.influence.copy()
    lower[rows] = upper[rows] = np.nan
    influence[rows] = np.nan
    return replace(rates, lower=lower, upper=upper, influence=influence)
