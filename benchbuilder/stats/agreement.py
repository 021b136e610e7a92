"""Does the benchmark order models as people do?

Published numbers use different denominators, so each variant has a name:

``all_pairs``        (agree − disagree) / all pairs: the printed formula
``human_separable``  (agree − disagree) / pairs that the human ranking separates: the default
``half_credit``      1, ½ or 0 per pair that the human ranking separates (agree, the benchmark does
                     not separate, disagree): the notebook of April 2024
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchbuilder.stats.games import FloatArray, IntArray
from benchbuilder.stats.separability import OverlapRule, disjoint

#: The rule for intervals of zero width, in words for a report.
RULE_LABELS: dict[OverlapRule, str] = {
    "closed": "intervals that touch overlap",
    "open": "authors' recorded rule: an interval of zero width inside another is separate",
}


@dataclass(frozen=True)
class Ranking:
    """Scores with limits, one entry per model, in the order of the models that are compared."""

    score: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True)
class Agreement:
    """Counts of model pairs and the three variants; a variant without pairs is None."""

    all_pairs: float | None
    human_separable: float | None
    half_credit: float | None
    pairs: int
    benchmark_separated: int
    human_separated: int
    both_separated: int
    agree: int
    disagree: int
    rule: OverlapRule


@dataclass(frozen=True)
class Brier:
    """Mean squared error of P(a below b) against the human order; None without ordered pairs."""

    score: float | None
    pairs: int
    source: str


def agreement(benchmark: Ranking, human: Ranking, *, rule: OverlapRule = "closed") -> Agreement:
    """Agreement with confidence between two rankings of the same models in the same order.

    A pair agrees or disagrees only where both separate it. Source: the Arena-Hard paper.
    """
    first, second = np.triu_indices(len(benchmark.score), k=1)
    ours = disjoint(benchmark.lower, benchmark.upper, rule)[first, second]
    theirs = disjoint(human.lower, human.upper, rule)[first, second]
    both = ours & theirs
    same = np.sign(benchmark.score[first] - benchmark.score[second]) == np.sign(
        human.score[first] - human.score[second]
    )
    agree, disagree = int((both & same).sum()), int((both & ~same).sum())
    pairs, separated = len(first), int(theirs.sum())
    undecided = separated - agree - disagree
    return Agreement(
        all_pairs=(agree - disagree) / pairs if pairs else None,
        human_separable=(agree - disagree) / separated if separated else None,
        half_credit=(agree + undecided / 2) / separated if separated else None,
        pairs=pairs,
        benchmark_separated=int(ours.sum()),
        human_separated=separated,
        both_separated=int(both.sum()),
        agree=agree,
        disagree=disagree,
        rule=rule,
    )


def pair_rank_brier(mean: FloatArray, variance: FloatArray, rating: FloatArray) -> Brier:
    """Brier score of p(a below b) = Φ((μ_b − μ_a) / √(v_a + v_b)) against the human order.

    ``mean`` and ``variance`` of each model's score, from the bootstrap (ddof 0) or the analytic
    error; pairs with equal human ratings are skipped; without variance and difference p is ½.
    """
    from scipy.special import ndtr

    below, above = _human_order(rating)
    gap = mean[above] - mean[below]
    spread = np.sqrt(variance[above] + variance[below])
    with np.errstate(divide="ignore", invalid="ignore"):
        size = gap / spread
    probability = ndtr(np.where((spread == 0) & (gap == 0), 0.0, size))
    return _brier(np.asarray(probability), "separate errors")


def paired_brier(draws: FloatArray, rating: FloatArray) -> Brier:
    """The same with P(a below b) counted within the rounds of shared draws (rounds × models)."""
    below, above = _human_order(rating)
    probability = np.full(len(below), np.nan)
    for pair, (low, high) in enumerate(zip(below, above, strict=True)):
        gap = draws[:, high] - draws[:, low]
        gap = gap[~np.isnan(gap)]
        if len(gap):
            probability[pair] = ((gap > 0) + (gap == 0) / 2).mean()
    return _brier(probability, "paired draws")


def _human_order(rating: FloatArray) -> tuple[IntArray, IntArray]:
    """Places of the lower and the higher rated model of every pair without a tie."""
    below, above = np.nonzero(rating[:, None] < rating[None, :])
    return below, above


def _brier(probability: FloatArray, source: str) -> Brier:
    known = probability[~np.isnan(probability)]
    score = float(np.mean((1 - known) ** 2)) if len(known) else None
    return Brier(score=score, pairs=len(known), source=source)
