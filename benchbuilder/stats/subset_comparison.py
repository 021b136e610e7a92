"""One measure on a selection beside the same measure on subsets of its size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchbuilder.stats.games import FloatArray
from benchbuilder.stats.subset_measures import MEASURES
from benchbuilder.stats.subsets import Kind


@dataclass(frozen=True)
class Comparison:
    """One measure on the selection and on the subsets of one kind.

    ``mean``, ``low``, ``high``: over the subsets (their central share ``confidence``).
    ``difference``: selection − mean; ``lower`` and ``upper``: its interval. ``ahead``: share of the
    subsets that the selection is better than, a tie counting half.
    """

    kind: Kind
    measure: str
    selection: float
    mean: float
    low: float
    high: float
    difference: float
    lower: float
    upper: float
    ahead: float
    verdict: str  # gain, loss, or undecided: the interval holds 0


def compare(
    kind: Kind, value: FloatArray, plain: FloatArray, noise: FloatArray, confidence: float
) -> list[Comparison]:
    """One comparison per measure that exists on the selection and on every subset.

    Resampling widens the spread of models on both sides alike, so the interval takes only the
    scatter of ``noise`` (resampled differences, draws × measures), around the difference itself.
    """
    found = []
    tails = [50 * (1 - confidence), 50 * (1 + confidence)]
    for place, (name, more_is_better) in enumerate(MEASURES.items()):
        own, theirs, scatter = value[place], plain[:, place], noise[:, place]
        scatter = scatter[~np.isnan(scatter)]
        if np.isnan(own) or np.isnan(theirs).any() or not len(scatter):
            continue
        difference = float(own - theirs.mean())
        lower, upper = difference + np.percentile(scatter - scatter.mean(), tails)
        low, high = np.percentile(theirs, tails)
        above = float(((own > theirs) + (own == theirs) / 2).mean())
        sign = 0 if lower <= 0 <= upper else 1 if (lower > 0) == more_is_better else -1
        found.append(
            Comparison(
                kind=kind,
                measure=name,
                selection=float(own),
                mean=float(theirs.mean()),
                low=float(low),
                high=float(high),
                difference=difference,
                lower=float(lower),
                upper=float(upper),
                ahead=above if more_is_better else 1 - above,
                verdict=("undecided", "gain", "loss")[sign],
            )
        )
    return found
