"""How much does each prompt separate models? A diagnostic, no ground for dropping prompts.

Dropping the prompts that discriminate least and reporting on the same judgments would make the
benchmark look sharper than it is: the choice and the measure would share their noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchbuilder.stats.battles import Battles
from benchbuilder.stats.games import FloatArray, IntArray

#: With fewer models a correlation over models says nothing.
MIN_MODELS = 5


@dataclass(frozen=True, eq=False)
class Discrimination:
    """Arrays run over ``prompts``; nan where a value does not exist.

    ``models``: with a valid game; ``mean_score``: of these models against the baseline, 0 to 1
    (low: hard for them); ``spread``: standard deviation of their scores, 0 when all fare alike;
    ``discrimination``: the correlation over models of the score here with the win rate on all other
    prompts (the item-rest correlation of test theory): near 1, the better model wins; below 0, the
    worse one does. It is nan with fewer than ``MIN_MODELS`` models or without spread.
    """

    prompts: tuple[str, ...]
    models: IntArray
    mean_score: FloatArray
    spread: FloatArray
    discrimination: FloatArray


def prompt_discrimination(battles: Battles) -> Discrimination:
    """The discrimination of every prompt of ``battles``."""
    played = battles.weight > 0
    models = played.sum(axis=0)
    rest_weight = battles.weight.sum(axis=1, keepdims=True) - battles.weight
    rest_score = battles.score.sum(axis=1, keepdims=True) - battles.score
    with np.errstate(divide="ignore", invalid="ignore"):
        here = np.where(played, battles.score / battles.weight, np.nan)
        # A model whose only prompt this is has no rest to be compared with.
        rest = np.where(played & (rest_weight > 1e-9), rest_score / rest_weight, np.nan)
        mean = np.where(models > 0, np.nansum(here, axis=0) / models, np.nan)
        spread = np.sqrt(np.nansum((here - mean) ** 2, axis=0) / models)
    return Discrimination(
        prompts=battles.prompts,
        models=models.astype(np.int64),
        mean_score=mean,
        spread=spread,
        discrimination=_correlations(here, rest),
    )


def _correlations(here: FloatArray, rest: FloatArray) -> FloatArray:
    """Column by column, over the models that have both."""
    both = ~(np.isnan(here) | np.isnan(rest))
    count = both.sum(axis=0)
    x, y = (np.where(both, values, 0.0) for values in (here, rest))
    with np.errstate(divide="ignore", invalid="ignore"):
        x, y = (np.where(both, v - v.sum(axis=0) / count, 0.0) for v in (x, y))
        spread = np.sqrt((x * x).sum(axis=0) * (y * y).sum(axis=0))
        found = (x * y).sum(axis=0) / spread
    return np.where((count >= MIN_MODELS) & (spread > 1e-9), found, np.nan)
