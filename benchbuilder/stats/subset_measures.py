"""How well a set of prompts measures: what separates and what agrees on these prompts alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from benchbuilder.stats.agreement import Ranking, agreement
from benchbuilder.stats.battles import Battles
from benchbuilder.stats.correlation import MIN_MODELS, correlation_values
from benchbuilder.stats.games import FloatArray, IntArray
from benchbuilder.stats.human import HumanRanking, Match, match_models
from benchbuilder.stats.separability import (
    disjoint_separability,
    paired_differences,
    paired_separability,
)
from benchbuilder.stats.win_rate import win_rates, with_baseline

#: The measures, in the order of ``measure``, and whether more is better.
MEASURES: dict[str, bool] = {
    "separability": True,  # the paper's rule: disjoint intervals, baseline left out
    "separability_paired": True,
    "interval_width": False,  # mean over the models
    "agreement": True,  # over the pairs that people separate
    "spearman": True,
    "kendall": True,
}
FROM_HUMAN = ("agreement", "spearman", "kendall")


@dataclass(frozen=True, eq=False)
class MatchedHuman:
    """A human ranking on the models that are in both; ``match.ours`` counts the baseline last."""

    match: Match
    ranking: Ranking


def matched_human(
    battles: Battles, human: HumanRanking | None, names: Mapping[str, str] | None = None
) -> MatchedHuman | None:
    """The ranking of our models and the baseline; None where fewer than three are in both."""
    if human is None:
        return None
    match = match_models((*battles.models, battles.baseline), human, names)
    if len(match.models) < MIN_MODELS:
        return None
    there = match.theirs
    return MatchedHuman(match, Ranking(human.rating[there], human.lower[there], human.upper[there]))


def measure(
    battles: Battles,
    prompts: IntArray,
    human: MatchedHuman | None,
    *,
    confidence: float,
    counts: FloatArray | None = None,
) -> FloatArray:
    """The value of each of ``MEASURES`` on some prompts; nan where it does not exist.

    ``prompts``: places, which may repeat (a resample). ``counts``: how often each of the matched
    models was drawn, for the two correlations.
    """
    rates = win_rates(take_prompts(battles, prompts), confidence=confidence)
    apart = disjoint_separability(rates).share
    paired = paired_separability(paired_differences(rates)).share
    width = rates.upper - rates.lower
    known = ~np.isnan(width)
    own = [apart, paired, float(width[known].mean()) if known.any() else None]
    if human is None:
        return np.array([*own, *[None] * len(FROM_HUMAN)], dtype=np.float64)
    whole, ours = with_baseline(rates, battles.baseline), human.match.ours
    ranking = Ranking(whole.win_rate[ours], whole.lower[ours], whole.upper[ours])
    drawn = None if counts is None else counts[None]
    theirs = [
        agreement(ranking, human.ranking).human_separable,
        float(correlation_values("spearman", ranking.score, human.ranking.score, drawn)[0]),
        float(correlation_values("kendall", ranking.score, human.ranking.score, drawn)[0]),
    ]
    return np.array([*own, *theirs], dtype=np.float64)


def take_prompts(battles: Battles, places: IntArray) -> Battles:
    """The battles on the prompts at these places, in this order; a place may repeat.

    Only the matrices know prompts: ``votes`` and ``null_games`` become 0, ``asked`` what counts.
    """
    weight = battles.weight[:, places]
    return replace(
        battles,
        prompts=tuple(battles.prompts[place] for place in places),
        score=battles.score[:, places],
        weight=weight,
        votes=np.zeros_like(battles.votes),
        asked=(weight > 0).sum(axis=1),
        null_games=np.zeros_like(battles.null_games),
    )
