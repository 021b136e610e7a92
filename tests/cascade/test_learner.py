"""How answers about some prompts move what is expected of others."""

from __future__ import annotations

import numpy as np

from benchbuilder.cascade.learner import SMALLEST_SPREAD, Learner


def learner(start: list[float], vectors: list[list[float]]) -> Learner:
    probabilities = np.repeat(np.array(start)[:, None], 7, axis=1)
    return Learner(probabilities, np.array(vectors, dtype=np.float64), np.zeros((len(start), 1)))


def test_without_answers_the_head_stays() -> None:
    start = [0.2, 0.7]
    found = learner(start, [[1, 0], [0, 1]]).expected(np.array([], dtype=np.intp), np.zeros((0, 7)))
    assert found[:, 0].tolist() == start


def test_alike_prompts_move_together_and_the_sure_ones_less() -> None:
    """Asked about the first; the others are its twins, at other probabilities, and a stranger."""
    start = [0.5, 0.5, 0.2, 0.001, 0.5]
    vectors = [[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [-20.0, 0.0]]
    found = learner(start, vectors).expected(np.array([0]), np.ones((1, 7)))
    moved = found[:, 0] - start
    # One answer as noisy as the prior is wide halves what was wrong.
    np.testing.assert_allclose(moved[:2], 0.25, atol=1e-6)
    np.testing.assert_allclose(moved[2], 0.25 * 0.4 / 0.5, atol=1e-6)
    np.testing.assert_allclose(moved[3], 0.25 * SMALLEST_SPREAD / 0.5, atol=1e-6)
    assert moved[4] == 0


def test_expectations_stay_probabilities() -> None:
    found = learner([0.9, 0.95], [[1, 0], [1, 0]]).expected(np.array([0, 1]), np.ones((2, 7)))
    assert (found <= 1).all()
    assert (found > [[0.9], [0.95]]).all()
