"""Ratings from a graph of many models that met each other, without one baseline.

P(i beats j) = 1 / (1 + exp(r_j − r_i)), ties count half a win for each. The maximum exists only
where the graph of wins is strongly connected (Ford 1957), so the components come first:

* disconnected: ratings within each component, nothing across;
* connected, but some never lost to the others: their difference is infinite, and flagged;
* a cycle (A beats B beats C beats A) is no failure: ratings are equal and the deviance says that
  the model does not fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchbuilder.stats.games import BoolArray, FloatArray, IntArray

_MAX_STEPS = 100
_TOLERANCE = 1e-12


@dataclass(frozen=True, eq=False)
class BradleyTerry:
    """``rating``: logits, mean 0 within a component's reference group; ±inf where a model beat (or
    lost to) that group without exception; nan where wins give no order at all. ``component``: code
    of the part of the graph, ratings of different parts have no meaning side by side.
    ``covariance``: models × models, from the information; nan where a rating is not finite.
    ``deviance``: against the saturated model, with ``df`` degrees of freedom."""

    models: tuple[str, ...]
    rating: FloatArray
    component: IntArray
    diverges: BoolArray
    covariance: FloatArray
    strong_components: int
    deviance: float
    df: int

    def difference(self, first: str, second: str) -> float | None:
        """Rating of ``first`` minus ``second``; None across components or without an order."""
        i, j = self.models.index(first), self.models.index(second)
        if self.component[i] != self.component[j]:
            return None
        gap = float(np.subtract(self.rating[i], self.rating[j]))
        return None if np.isnan(gap) else gap


def bradley_terry(models: Sequence[str], wins: FloatArray) -> BradleyTerry:
    """Ratings from ``wins[i, j]``, how often i beat j (a tie is ½ on both sides)."""
    from scipy.sparse.csgraph import connected_components

    wins = np.array(wins, dtype=np.float64)
    np.fill_diagonal(wins, 0.0)
    count = len(models)
    _, component = connected_components(wins > 0, connection="weak")
    groups, group = connected_components(wins > 0, directed=True, connection="strong")
    reaches = _reachability(wins > 0)
    rating = np.full(count, np.nan)
    covariance = np.full((count, count), np.nan)
    for part in range(component.max(initial=-1) + 1):
        members = np.flatnonzero(component == part)
        # The largest strongly connected group is what the others are measured against.
        sizes = np.bincount(group[members], minlength=groups)
        core = np.flatnonzero(group == sizes.argmax())
        for other in members:
            above, below = reaches[other, core[0]], reaches[core[0], other]
            if above != below:
                rating[other] = np.inf if above else -np.inf
        rating[core], covariance[np.ix_(core, core)] = _newton(wins[np.ix_(core, core)])
    deviance, df = _deviance(wins, group.astype(np.int64))
    return BradleyTerry(
        models=tuple(models),
        rating=rating,
        component=component.astype(np.int64),
        diverges=~np.isfinite(rating),
        covariance=covariance,
        strong_components=int(groups),
        deviance=deviance,
        df=df,
    )


def _reachability(beats: BoolArray) -> BoolArray:
    """Who stands above whom by a chain of wins."""
    reach = beats | np.eye(len(beats), dtype=bool)
    for _ in range(max(1, int(np.ceil(np.log2(max(len(beats), 2)))))):
        reach = (reach.astype(np.float64) @ reach.astype(np.float64)) > 0
    return np.asarray(reach)


def _newton(wins: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean-zero ratings of a strongly connected group, and their covariance."""
    games = wins + wins.T
    won = wins.sum(axis=1)
    rating = np.zeros(len(wins))
    level = np.full_like(games, 1 / len(wins))  # fixes the mean, which the games leave open
    for _ in range(_MAX_STEPS):
        expected = _probability(rating)
        gradient = won - (games * expected).sum(axis=1)
        weight = games * expected * (1 - expected)
        information = np.diag(weight.sum(axis=1)) - weight
        step = np.linalg.solve(information + level, gradient)
        # A long step can overshoot where ratings lie far apart; 2 logits are far enough.
        rating += step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < _TOLERANCE:
            break
    covariance = np.linalg.inv(information + level) - level
    return rating - rating.mean(), covariance


def _probability(rating: FloatArray) -> FloatArray:
    from scipy.special import expit

    return np.asarray(expit(rating[:, None] - rating[None, :]))


def _deviance(wins: FloatArray, group: IntArray) -> tuple[float, int]:
    """Against one free probability per pair; games between strong groups fit without error."""
    from scipy.special import xlogy

    total, pairs, free = 0.0, 0, 0
    for label in range(group.max(initial=-1) + 1):
        core = np.flatnonzero(group == label)
        inside = wins[np.ix_(core, core)]
        rating, _ = _newton(inside)
        games = inside + inside.T
        expected = games * _probability(rating)
        played = games > 0
        total += 2 * xlogy(inside[played], inside[played] / expected[played]).sum()
        pairs += int(np.triu(played).sum())
        free += len(core) - 1
    return float(total), pairs - free
