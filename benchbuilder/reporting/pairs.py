"""Every pair of models under both rules: the paired difference, and whether the intervals are
disjoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchbuilder.reporting.values import number
from benchbuilder.stats.separability import PairedDifferences, disjoint
from benchbuilder.stats.win_rate import WinRates

Row = dict[str, Any]


def pair_rows(rates: WinRates, paired: PairedDifferences) -> list[Row]:
    """One row a pair, without the baseline: its width of zero is no measurement.

    ``model`` has the higher win rate, ``difference`` is its lead over ``other`` (0 to 1, on the
    shared prompts) with limits and p-value; ``separated_paired``: the limits leave out 0;
    ``separated_disjoint``: the paper's rule on the intervals of ``rates``. Pairs with a model that
    has no interval have null throughout.
    """
    apart = disjoint(rates.lower, rates.upper)
    order = sorted(
        range(len(rates.models)), key=lambda i: (-np.nan_to_num(rates.win_rate[i]), rates.models[i])
    )
    return [
        _row(rates, paired, apart, better, worse)
        for place, better in enumerate(order)
        for worse in order[place + 1 :]
    ]


def _row(rates: WinRates, paired: PairedDifferences, apart: Any, better: int, worse: int) -> Row:
    known = not np.isnan(paired.standard_error[better, worse])
    limits = not np.isnan(rates.lower[better] + rates.lower[worse])
    return {
        "model": rates.models[better],
        "other": rates.models[worse],
        "difference": number(paired.difference[better, worse]),
        "lower": number(paired.lower[better, worse]),
        "upper": number(paired.upper[better, worse]),
        "p_value": number(paired.p_value[better, worse]),
        "separated_paired": bool(paired.separated[better, worse]) if known else None,
        "separated_disjoint": bool(apart[better, worse]) if limits else None,
    }
