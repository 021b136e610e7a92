"""Prices, budget and the estimate before a run."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from benchbuilder.config import ModelSettings
from benchbuilder.errors import BudgetExceeded
from benchbuilder.llm.budget import Budget, Purse, expected_input_tokens, most_input_tokens
from benchbuilder.llm.preflight import Preflight
from benchbuilder.llm.prices import Price, find_price
from tests.llm.conftest import Open, Serve, anything, requests
from tests.servers import answer

PER_TOKEN = Price(1e6, 1e6, "test")  # a dollar a token: easy to add up


def test_the_table_knows_openai_and_gateways_by_url() -> None:
    stated = ModelSettings(model="gpt-4.1-mini")
    for base_url in (None, "https://api.openai.com/v1"):
        price = find_price("x", stated, base_url)
        assert price is not None
        assert price.cost_usd(1_000_000, 0) == 0.4
        assert price.cost_usd(0, 1_000_000) == 1.6
        assert price.source.startswith("genai-prices")
    assert find_price("x", stated, "http://127.0.0.1:8000/v1") is None
    assert find_price("x", ModelSettings(model="nobody-knows"), None) is None


def test_the_config_overrides_the_table() -> None:
    stated = ModelSettings(input_usd_per_million=0, output_usd_per_million=0)
    price = find_price("x", stated, "http://127.0.0.1:8000/v1")
    assert price == Price(0, 0, "config")
    assert price.cost_usd(None, None) == 0.0


def test_unknown_tokens_have_an_unknown_cost() -> None:
    assert PER_TOKEN.cost_usd(None, 3) is None
    assert PER_TOKEN.cost_usd(2, 3) == 5.0


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


def test_preflight_counts_what_is_not_on_record(
    serve: Serve, open_model: Open, tmp_path: Path
) -> None:
    server = serve(lambda body, _: answer("x"))
    open_model(server.base_url)(requests(3), accept=anything)
    settings = ModelSettings(
        base_url=server.base_url, input_usd_per_million=1, output_usd_per_million=2
    )
    preflight = Preflight("m", settings, cache_path=tmp_path / "completions.sqlite")
    completions = preflight(requests(10), accept=anything)
    estimate = preflight.estimate()
    preflight.close()
    assert [c.status for c in completions] == ["ok"] * 3 + ["empty"] * 7
    assert (estimate.requests, estimate.recorded, estimate.calls) == (10, 3, 7)
    assert estimate.output_tokens == 7 * 5  # learned from the three on record
    assert estimate.cost_usd == (estimate.input_tokens + 2 * 35) / 1e6
    assert len(server.calls) == 3


def test_preflight_without_a_cache_or_a_price(tmp_path: Path) -> None:
    settings = ModelSettings(base_url="http://127.0.0.1:1/v1", max_tokens=20)
    preflight = Preflight("m", settings, cache_path=tmp_path / "none.sqlite")
    preflight(requests(2), accept=anything)
    estimate = preflight.estimate()
    assert (estimate.calls, estimate.output_tokens, estimate.cost_usd) == (2, 40, None)
    assert not (tmp_path / "none.sqlite").exists()
