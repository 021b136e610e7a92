from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.reporting.pairs import pair_rows
from benchbuilder.stats.battles import battles_from_scores
from benchbuilder.stats.separability import paired_differences
from benchbuilder.stats.win_rate import win_rates


def rows(score: list[list[float]], models: list[str]) -> list[dict[str, object]]:
    matrix = np.array(score, dtype=np.float64)
    prompts = [f"p{i}" for i in range(matrix.shape[1])]
    rates = win_rates(battles_from_scores(matrix, np.ones_like(matrix), models, prompts))
    return pair_rows(rates, paired_differences(rates))


def test_the_better_model_stands_first_and_leads_by_its_difference() -> None:
    scores = [[0.0, 0.5, 0.5, 0.0], [1.0, 0.5, 1.0, 1.0], [0.5, 0.5, 0.5, 0.0]]
    found = rows(scores, ["a", "b", "c"])
    order = [f"{pair['model']} over {pair['other']}" for pair in found]
    assert order == ["b over c", "b over a", "c over a"]
    assert found[1]["difference"] == pytest.approx(0.625)
    for pair in found:
        assert isinstance(pair["lower"], float)
        assert isinstance(pair["difference"], float)
        assert pair["lower"] <= pair["difference"]


def test_three_models_with_the_same_interval_are_three_overlapping_pairs() -> None:
    same = [1.0, 0.0, 0.5, 0.5]
    found = rows([same, same, same], ["a", "b", "c"])
    assert [pair["separated_disjoint"] for pair in found] == [False] * 3
    assert [pair["separated_paired"] for pair in found] == [False] * 3
    assert [pair["p_value"] for pair in found] == [1.0] * 3


def test_without_an_interval_nothing_is_claimed() -> None:
    (pair,) = rows([[1.0], [0.5]], ["a", "b"])
    assert pair["difference"] == 0.5
    assert pair["lower"] is None
    assert pair["separated_paired"] is None
    assert pair["separated_disjoint"] is None
