"""Which topics of two runs, or releases, are the same one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchbuilder.clustering.density import NOISE, Labels
from benchbuilder.clustering.neighbors import Vectors

OVERLAP = 0.5
"""From which share on of the prompts of either (Jaccard) two topics are the same one."""

EVIDENCE = 3
"""Prompts of both runs that a topic must hold for their overlap to decide."""

SIMILARITY = 0.8
"""From which cosine of the centroids on, where overlap cannot decide. Two disjoint halves of 18,028
real prompts, clustered apart: .89 to .97 of the pairs above it were about the same, .87 at .75 to
.8, half of those at .6 to .75."""

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shared:
    """Prompts that both runs hold: ``counts`` (k, m) by topic before and now, and in all by topic
    before (k,) and now (m,); those that were or are noise count in the sums alone."""

    counts: Matrix
    before: Matrix
    now: Matrix

    @property
    def overlap(self) -> Matrix:
        """Jaccard (k, m) of the pairs that are the same by it, 0 for all others."""
        together = self.before[:, None] + self.now[None, :] - self.counts
        overlap = self.counts / np.maximum(together, 1)
        overlap[(overlap < OVERLAP) | (self.counts < EVIDENCE)] = 0
        return overlap

    @property
    def decides(self) -> npt.NDArray[np.bool_]:
        """Whether both of a pair (k, m) hold enough shared prompts."""
        return (self.before[:, None] >= EVIDENCE) & (self.now[None, :] >= EVIDENCE)


def count_shared(
    before: Labels, now: Labels, known: npt.NDArray[np.bool_], k: int, m: int
) -> Shared:
    """``before`` and ``now`` (n,) give the place of each prompt's topic of ``k`` and ``m``, -1 for
    none; ``known`` (n,) says which prompts the earlier run held."""
    counts = np.zeros((k, m))
    inside = known & (before != NOISE) & (now != NOISE)
    np.add.at(counts, (before[inside], now[inside]), 1)
    return Shared(
        counts,
        np.bincount(before[known & (before != NOISE)], minlength=k).astype(np.float64),
        np.bincount(now[known & (now != NOISE)], minlength=m).astype(np.float64),
    )


def close_topics(before: Vectors, now: Vectors) -> Matrix:
    """Cosines of centroids (k, d) and (m, d) from ``SIMILARITY`` on, 0 for those below."""
    cosines = np.asarray(before @ now.T, dtype=np.float64)
    return np.where(cosines < SIMILARITY, 0, cosines)


def same_topics(shared: Shared, otherwise: Matrix | None) -> Labels:
    """For each topic of today (m,) the place of the earlier topic that it is, or -1.

    Overlap of the prompts that both runs hold decides where both topics hold three or more of
    them; elsewhere ``otherwise`` (k, m), if there is anything: above 0 for two that may be the same
    one. Each topic has one partner at most, and the sum of all similarities is as large as can be.
    """
    partner = np.full(len(shared.now), NOISE, dtype=np.int64)
    _pair(shared.overlap, partner)
    if otherwise is not None:
        left = np.where(shared.decides, 0, otherwise)
        left[partner[partner != NOISE]] = 0
        left[:, partner != NOISE] = 0
        _pair(left, partner)
    return partner


def _pair(similarity: Matrix, partner: Labels) -> None:
    """Write the best one-to-one pairs (Kuhn 1955) with a similarity above 0 into ``partner``."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(-similarity)
    good = similarity[rows, columns] > 0
    partner[columns[good]] = rows[good]
