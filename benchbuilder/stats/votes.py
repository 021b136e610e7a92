"""People's votes between two models -> a human ranking, with the code that rates models."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from benchbuilder.errors import InputError, SchemaError
from benchbuilder.stats.bradley_terry import BradleyTerry, bradley_terry
from benchbuilder.stats.games import FloatArray, IntArray, as_text, codes
from benchbuilder.stats.human import HumanRanking, human_ranking
from benchbuilder.stats.win_rate import normal_quantile

#: The Elo scale on which such ratings are published: 400 points are odds of ten to one.
ELO_PER_LOGIT = 400 / np.log(10)
ELO_MEAN = 1000.0

#: Score of model_a for each spelling of the winner.
WINNERS: dict[str, float] = {
    "model_a": 1.0,
    "a": 1.0,
    "model_b": 0.0,
    "b": 0.0,
    "tie": 0.5,
    "tie (bothbad)": 0.5,
    "both_bad": 0.5,
    "bothbad": 0.5,
}


def ranking_of(table: pa.Table, *, confidence: float = 0.95) -> HumanRanking:
    """A ranking from ratings (model, rating …) or from votes (model_a, model_b, winner)."""
    if "model_a" in table.column_names:
        return ranking_from_votes(table, confidence=confidence)
    return human_ranking(table)


def ranking_from_votes(votes: pa.Table, *, confidence: float = 0.95) -> HumanRanking:
    """A ranking from columns model_a, model_b, winner and optionally question_id.

    Limits are Wald limits of the Elo rating against the mean of all models. With ``question_id``
    the votes of one question are one cluster, otherwise each vote stands alone.

    Raises:
        SchemaError: a column is not there.
        InputError: an unknown winner, or votes that rate no two models against each other.
    """
    missing = [c for c in ("model_a", "model_b", "winner") if c not in votes.column_names]
    if missing:
        raise SchemaError(
            f"the votes lack the columns {', '.join(missing)}",
            hint="votes have the columns model_a, model_b and winner",
        )
    names = sorted({*as_text(votes["model_a"]).to_pylist(), *as_text(votes["model_b"]).to_pylist()})
    first, _ = codes(votes["model_a"], names)
    second, _ = codes(votes["model_b"], names)
    score = _scores(votes)
    wins = np.zeros((len(names), len(names)))
    np.add.at(wins, (first, second), score)
    np.add.at(wins, (second, first), 1 - score)
    fitted = bradley_terry(names, wins)
    core = np.isfinite(fitted.rating) & (fitted.component == np.bincount(fitted.component).argmax())
    if core.sum() < 2:
        raise InputError(
            "the votes order no two models: every model won or lost all of its games",
            hint="give more votes, or ratings (columns model, rating)",
        )
    cluster = np.arange(len(votes))
    if "question_id" in votes.column_names:
        cluster, _ = codes(votes["question_id"])
    error = _clustered_errors(fitted, first, second, score, cluster)
    rating = np.where(core, ELO_MEAN + ELO_PER_LOGIT * fitted.rating, np.nan)
    reach = normal_quantile(confidence) * ELO_PER_LOGIT * error
    kept = np.flatnonzero(core)
    return HumanRanking(
        models=tuple(names[i] for i in kept),
        rating=rating[kept],
        lower=(rating - reach)[kept],
        upper=(rating + reach)[kept],
        has_limits=True,
        left_out=tuple(names[i] for i in np.flatnonzero(~core)),
    )


def _scores(votes: pa.Table) -> FloatArray:
    winners = as_text(votes["winner"]).to_pylist()
    unknown = sorted({str(winner) for winner in winners if str(winner).lower() not in WINNERS})
    if unknown:
        raise InputError(
            f"unknown winner {unknown[0]!r} in the votes", hint=f"known: {', '.join(WINNERS)}"
        )
    return np.array([WINNERS[str(winner).lower()] for winner in winners])


def _clustered_errors(
    fitted: BradleyTerry, first: IntArray, second: IntArray, score: FloatArray, cluster: IntArray
) -> FloatArray:
    """Sandwich standard errors: votes of a cluster may depend on each other."""
    from scipy.special import expit

    rated = np.isfinite(fitted.rating)
    inside = rated[first] & rated[second] & (first != second)
    first, second, score, cluster = first[inside], second[inside], score[inside], cluster[inside]
    residual = score - expit(fitted.rating[first] - fitted.rating[second])
    distinct, place = np.unique(cluster, return_inverse=True)
    gradient = np.zeros((len(distinct), len(fitted.rating)))
    np.add.at(gradient, (place, first), residual)
    np.add.at(gradient, (place, second), -residual)
    influence = gradient @ np.nan_to_num(fitted.covariance)
    clusters = len(distinct)
    scale = clusters / (clusters - 1) if clusters > 1 else np.nan
    return np.asarray(np.sqrt(scale * (influence**2).sum(axis=0)))
