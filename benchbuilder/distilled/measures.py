"""Measures of a ranking: area under the curve, precision at the top, intervals by bootstrap."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchbuilder.distilled.features import Floats

Flags = npt.NDArray[np.bool_]


class Interval(NamedTuple):
    """A value and its 95 % bootstrap interval; None where the value does not exist."""

    value: float | None
    lower: float | None
    upper: float | None


def area_under_curve(scores: Floats, positive: Flags) -> float | None:
    """Probability that a positive row outranks a negative one, ties counting half.

    The Mann-Whitney statistic from mid-ranks; None without rows of both kinds.
    """
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not n_positive or not n_negative:
        return None
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    mid_ranks = np.cumsum(counts) - (counts - 1) / 2.0
    rank_sum = float(mid_ranks[inverse][positive].sum())
    return (rank_sum - n_positive * (n_positive + 1) / 2.0) / (n_positive * n_negative)


def precision_at_top(scores: Floats, positive: Flags, share: float) -> float | None:
    """Share of positive rows among the top `share` of the ranking; None for an empty top.

    Rows that tie at the border count by what a random order among them would bring.
    """
    size = round(share * len(scores))
    if not size:
        return None
    border = np.partition(scores, len(scores) - size)[len(scores) - size]
    over, tied = scores > border, scores == border
    places = size - int(over.sum())
    hits = float(positive[over].sum()) + places * float(positive[tied].mean())
    return hits / size


def with_interval(
    measure: Callable[[Floats, Flags], float | None],
    scores: Floats,
    positive: Flags,
    *,
    rounds: int,
    seed: int,
) -> Interval:
    """A measure with the 2.5 % and 97.5 % quantiles over `rounds` resamples of the rows."""
    value = measure(scores, positive)
    if value is None:
        return Interval(None, None, None)
    rng = np.random.default_rng(seed)
    drawn: list[float] = []
    for _ in range(rounds):
        rows = rng.integers(0, len(scores), len(scores))
        resampled = measure(scores[rows], positive[rows])
        if resampled is not None:
            drawn.append(resampled)
    if not drawn:
        return Interval(value, None, None)
    lower, upper = np.quantile(drawn, (0.025, 0.975))
    return Interval(value, float(lower), float(upper))
