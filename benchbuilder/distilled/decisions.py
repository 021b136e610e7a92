"""From seven probabilities to seven decisions and one quality score that agree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchbuilder.distilled.features import Floats


class Predictions(NamedTuple):
    """What a head says about n prompts, in their order.

    probabilities: (n, 7) float64, columns as `CRITERIA`
    decisions: (n, 7) bool, the `quality_score` most probable criteria of each prompt
    quality_score: (n,) int64, 0 to 7
    expected_score: (n,) float64, the sum of the probabilities: a ranking without ties
    """

    probabilities: Floats
    decisions: npt.NDArray[np.bool_]
    quality_score: npt.NDArray[np.int64]
    expected_score: Floats

    def rows(self, chosen: npt.NDArray[np.bool_]) -> Predictions:
        """The rows that a mask of shape (n,) chooses."""
        return Predictions(
            self.probabilities[chosen],
            self.decisions[chosen],
            self.quality_score[chosen],
            self.expected_score[chosen],
        )


def sigmoid(logits: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))


def decide(probabilities: Floats, score_cuts: Floats) -> Predictions:
    """Scores from the expected number of criteria, then as many criteria, likeliest first.

    Seven separate thresholds of one half would give too many high scores: criteria that each
    hold with probability .55 hardly ever hold all together. Equal probabilities are taken in
    the order of `CRITERIA`.
    """
    expected = probabilities.sum(axis=1)
    scores = (expected[:, None] >= score_cuts[None, :]).sum(axis=1)
    order = np.argsort(-probabilities, axis=1, kind="stable")
    ranks = np.argsort(order, axis=1, kind="stable")
    return Predictions(probabilities, ranks < scores[:, None], scores, expected)
