"""Do several judges agree? Krippendorff's α: 1 is full agreement, 0 is what chance gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.stats.games import FloatArray, IntArray, as_text, read_games

Level = Literal["nominal", "ordinal", "interval"]


@dataclass(frozen=True)
class JudgeAgreement:
    """``alpha`` over games that at least two judges decided; ``reason`` where it does not exist."""

    alpha: float | None
    judges: tuple[str, ...]
    games: int
    level: Level
    reason: str | None


def judge_agreement(judgments: pa.Table, *, level: Level = "ordinal") -> JudgeAgreement:
    """Agreement between the judges of a table on the five-level verdict.

    The same game of the same answer is one unit; of several samples of one judge the first counts.
    """
    games = read_games(judgments)
    sample = _numbers(judgments, "judge_sample")
    # One unit per game: who stood where on which question, and which sample of the answer.
    answer = _numbers(judgments, "answer_sample")
    parts = (
        games.model,
        games.prompt,
        answer,
        games.model_on_a.astype(np.int64),
        _bases(judgments),
    )
    unit = np.unique(np.column_stack(parts), axis=0, return_inverse=True)[1].ravel()
    ratings = np.full((len(games.judges), int(unit.max(initial=-1)) + 1), np.nan)
    valid = np.flatnonzero(games.code >= 0)
    # The lowest sample is written last and stays.
    for_last = valid[np.argsort(-sample[valid], kind="stable")]
    ratings[games.judge[for_last], unit[for_last]] = games.code[for_last]
    shared = (~np.isnan(ratings)).sum(axis=0) > 1
    alpha = krippendorff_alpha(ratings, level)
    reason = None
    if len(games.judges) < 2:
        reason = "one judge only"
    elif not shared.any():
        reason = "no game was decided by two judges"
    elif alpha is None:
        reason = "every verdict is the same"
    return JudgeAgreement(alpha, games.judges, int(shared.sum()), level, reason)


def krippendorff_alpha(ratings: FloatArray, level: Level = "ordinal") -> float | None:
    """α of raters × units, nan where a rater gave no value; None where it is undefined.

    Source: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), via the coincidence
    matrix.
    """
    usable = ratings[:, (~np.isnan(ratings)).sum(axis=0) > 1]
    values = np.unique(usable[~np.isnan(usable)])
    if len(values) < 2:
        return None
    counts = np.array([(usable == value).sum(axis=0) for value in values], dtype=np.float64)
    raters = counts.sum(axis=0)
    coincidences = (counts / (raters - 1)) @ counts.T
    coincidences[np.diag_indices(len(values))] -= (counts / (raters - 1)).sum(axis=1)
    totals = coincidences.sum(axis=1)
    distance = _distance(values, totals, level)
    observed = (coincidences * distance).sum()
    expected = (np.outer(totals, totals) * distance).sum() / (totals.sum() - 1)
    return float(1 - observed / expected)


def _distance(values: FloatArray, totals: FloatArray, level: Level) -> FloatArray:
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "interval":
        return np.asarray((values[:, None] - values[None, :]) ** 2)
    # Ordinal: the values between two, the ends counted by half.
    middle = np.cumsum(totals) - totals / 2
    return np.asarray((middle[:, None] - middle[None, :]) ** 2)


def _numbers(judgments: pa.Table, name: str) -> IntArray:
    if name not in judgments.column_names:
        return np.zeros(len(judgments), dtype=np.int64)
    return np.asarray(pc.cast(judgments[name], pa.int64()).to_numpy())


def _bases(judgments: pa.Table) -> IntArray:
    encoded = pc.dictionary_encode(as_text(judgments["baseline"])).combine_chunks()
    return np.asarray(encoded.indices.to_numpy(), dtype=np.int64)
