"""The budget: a hard stop, shared by all models of a run."""

from __future__ import annotations

import asyncio

import pytest

from benchbuilder.errors import BudgetExceeded
from benchbuilder.llm.budget import Budget, Purse, expected_input_tokens, most_input_tokens
from benchbuilder.llm.prices import Price

PER_TOKEN = Price(1e6, 1e6, "test")  # a dollar a token: easy to add up


def test_input_tokens_count_system_prompt_and_schema() -> None:
    user = {"role": "user", "content": "How tall is the tower of Pisa? " * 20}
    system = {"role": "system", "content": "Be brief. " * 20}
    for count in (expected_input_tokens, most_input_tokens):
        alone = count({"messages": [user]})
        assert alone < count({"messages": [user], "response_format": {"type": "json_schema"}})
        assert alone < count({"messages": [system, user]})
    assert expected_input_tokens({"messages": [user]}) < most_input_tokens({"messages": [user]})


def test_a_budget_waits_for_calls_in_flight_before_it_gives_up() -> None:
    async def run() -> Budget:
        budget = Budget("m", PER_TOKEN, Purse(10.0))
        await budget.reserve(8)
        waiting = asyncio.create_task(budget.reserve(5))
        await asyncio.sleep(0)
        assert not waiting.done()
        budget.settle(8, 2, answered=True)
        await waiting
        budget.settle(5, None, answered=True)
        with pytest.raises(BudgetExceeded, match=r"spent \$7"):
            await budget.reserve(4)
        return budget

    budget = asyncio.run(run())
    assert (budget.spent_usd, budget.unknown_calls) == (7.0, 1)


def test_a_purse_is_shared_by_models() -> None:
    async def run() -> None:
        purse = Purse(10.0)
        one, two = Budget("a", PER_TOKEN, purse), Budget("b", PER_TOKEN, purse)
        await one.reserve(6)
        one.settle(6, 6, answered=True)
        assert not two.has_room(5)
        assert two.has_room(4)
        with pytest.raises(BudgetExceeded):
            await two.reserve(5)

    asyncio.run(run())


def test_a_call_that_was_not_answered_costs_nothing() -> None:
    async def run() -> Budget:
        budget = Budget("m", PER_TOKEN, Purse(10.0))
        await budget.reserve(8)
        budget.settle(8, None, answered=False)
        return budget

    assert asyncio.run(run()).spent_usd == 0.0
