"""Ears of stages."""

from __future__ import annotations

from benchbuilder.observe import CostSum, Silent


def test_costs_of_several_models_are_one_figure() -> None:
    observe = Silent()
    costs = CostSum(observe)
    one, two = costs.of("one"), costs.of("two")
    one.figure("cost_usd", 0.5)
    two.figure("cost_usd", 0.25)
    one.figure("cost_usd", 1.0)
    two.figure("calls", 3)
    two.note("heard")
    assert observe.figures == {"cost_usd": 1.25, "calls": 3}
    assert observe.notes == ["heard"]
