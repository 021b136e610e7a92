"""A leaderboard beside what people say: agreement, Brier score, correlations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from benchbuilder.errors import InputError
from benchbuilder.reporting.board import Board
from benchbuilder.settings import ReportSettings
from benchbuilder.stats.agreement import Ranking, agreement, pair_rank_brier, paired_brier
from benchbuilder.stats.correlation import Correlation, kendall, spearman
from benchbuilder.stats.human import HumanRanking, match_models

Document = dict[str, Any]


def against_human(
    board: Board,
    ranking: HumanRanking,
    *,
    called: str,
    names: Mapping[str, str] | None,
    settings: ReportSettings,
) -> Document:
    """The keys of the report that need a human ranking, on the models that both sides know.

    ``called``: what the ranking is, in words; ``names``: our model names -> theirs.

    Raises:
        InputError: no model is in both.
    """
    rates = board.rates
    match = match_models(rates.models, ranking, names)
    if not match.models:
        raise InputError(
            f"no model of the leaderboard is in the {called}",
            hint=f"give a name map with --names; it lists {', '.join(ranking.models[:8])}",
        )
    ours = Ranking(rates.win_rate[match.ours], rates.lower[match.ours], rates.upper[match.ours])
    rating = ranking.rating[match.theirs]
    theirs = Ranking(rating, ranking.lower[match.theirs], ranking.upper[match.theirs])
    draws = board.draws.draws[:, match.ours]
    found = agreement(ours, theirs)
    brier = pair_rank_brier(ours.score, np.nanvar(draws, axis=0), rating)

    def correlation(of: Callable[..., Correlation]) -> Document:
        return _correlation(
            of(
                ours.score,
                rating,
                rounds=settings.rounds,
                seed=settings.seed,
                confidence=settings.confidence,
            )
        )

    return {
        "human": {
            "name": called,
            "models": list(match.models),
            "rating": [float(value) for value in rating],
            "lower": [float(value) for value in theirs.lower],
            "upper": [float(value) for value in theirs.upper],
            "has_limits": ranking.has_limits,
            "unmatched_models": list(match.unmatched_ours),
            "unmatched_human": [*match.unmatched_theirs, *ranking.left_out],
        },
        "agreement": asdict(found),
        "brier": brier.score,
        "brier_paired": paired_brier(draws, rating).score,
        "spearman": correlation(spearman),
        "kendall": correlation(kendall),
    }


def _correlation(found: Correlation) -> Document:
    return {
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "models": found.models,
        "reason": found.reason,
    }
