"""A leaderboard as one of several benchmarks."""

from __future__ import annotations

import pyarrow as pa
import pytest

from benchbuilder.reporting.benchmarks import benchmark_of
from tests.reporting.test_board import board, judged


def test_stopped_models_take_no_part_and_the_baseline_does() -> None:
    judgments = judged(stop=True)
    made = benchmark_of(board(judgments), judgments, "new")
    assert set(made.models) == {"m2", "m3", "m4", "m5", "base"}
    place = made.models.index("base")
    assert (made.score[place], made.variance[place]) == (0.5, 0)
    assert (made.questions, made.cost_usd) == (40, None)


def test_the_cost_is_known_only_when_all_of_it_is() -> None:
    judgments = judged(stop=False)
    document, place = board(judgments), judgments.schema.get_field_index("cost_usd")

    def cost(values: list[float | None]) -> float | None:
        column = pa.array(values, pa.float64())
        return benchmark_of(document, judgments.set_column(place, "cost_usd", column), "b").cost_usd

    known: list[float | None] = [0.01] * len(judgments)
    assert cost(known) == pytest.approx(4.8)
    assert cost([None, *known[1:]]) is None
