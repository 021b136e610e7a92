"""Discrimination of prompts: hand-worked, degenerate, and against numpy on random matrices."""

from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.stats.battles import battles_from_scores
from benchbuilder.stats.discrimination import Discrimination, prompt_discrimination
from benchbuilder.stats.games import FloatArray


def found(score: FloatArray, weight: FloatArray | None = None) -> Discrimination:
    weight = np.ones_like(score) if weight is None else weight
    models, prompts = score.shape
    names = [f"m{i:02d}" for i in range(models)], [f"p{i:02d}" for i in range(prompts)]
    return prompt_discrimination(battles_from_scores(score * weight, weight, *names))


def test_it_is_the_correlation_with_the_rest() -> None:
    rng = np.random.default_rng(1)
    score = rng.random((9, 6))
    weight = rng.choice([1.0, 2.0, 6.0], (9, 6))
    made = found(score, weight)
    for prompt in range(6):
        rest = [other for other in range(6) if other != prompt]
        rates = (score * weight)[:, rest].sum(axis=1) / weight[:, rest].sum(axis=1)
        expected = np.corrcoef(score[:, prompt], rates)[0, 1]
        assert made.discrimination[prompt] == pytest.approx(expected, abs=1e-12)
        assert made.spread[prompt] == pytest.approx(score[:, prompt].std())
        assert made.mean_score[prompt] == pytest.approx(score[:, prompt].mean())


def test_a_prompt_that_turns_the_order_around_is_negative() -> None:
    order = np.linspace(0, 1, 7)
    score = np.column_stack([order, order, order, 1 - order])
    assert found(score).discrimination == pytest.approx([1, 1, 1, -1])


def test_what_does_not_exist_is_nan() -> None:
    order = np.linspace(0, 1, 7)
    score = np.column_stack([order, order, np.full(7, 0.5), order])
    weight = np.ones_like(score)
    weight[3:, 3] = 0  # three models only
    made = found(score, weight)
    assert np.isnan(made.discrimination).tolist() == [False, False, True, True]
    assert made.spread[2] == 0
    assert made.models.tolist() == [7, 7, 7, 3]
    weight[:, 3] = 0
    none = found(score, weight)
    assert np.isnan([none.mean_score[3], none.spread[3], none.discrimination[3]]).all()
    assert np.isnan(found(score[:, :1]).discrimination).all()
