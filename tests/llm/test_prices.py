"""Prices: from the table, from the config, unknown."""

from __future__ import annotations

import re

from benchbuilder.llm.prices import Price, find_price
from benchbuilder.settings import ModelSettings

PER_TOKEN = Price(1e6, 1e6, "test")  # a dollar a token: easy to add up


def test_the_table_knows_openai_and_gateways_by_url() -> None:
    stated = ModelSettings(model="gpt-4.1-mini")
    for base_url in (None, "https://api.openai.com/v1"):
        price = find_price("x", stated, base_url)
        assert price is not None
        assert price.cost_usd(1_000_000, 0) == 0.4
        assert price.cost_usd(0, 1_000_000) == 1.6
        assert re.fullmatch(r"genai-prices [\d.]+(, looked up 20\d\d-\d\d-\d\d)?", price.source)
    assert find_price("x", stated, "http://127.0.0.1:8000/v1") is None
    assert find_price("x", ModelSettings(model="nobody-knows"), None) is None


def test_the_config_overrides_the_table() -> None:
    stated = ModelSettings(input_usd_per_million=0, output_usd_per_million=0)
    price = find_price("x", stated, "http://127.0.0.1:8000/v1")
    assert price == Price(0, 0, "config")
    assert price.cost_usd(None, None) == 0.0


def test_batches_cost_half_of_the_table_but_what_the_config_says() -> None:
    price = find_price("x", ModelSettings(model="gpt-4.1-mini"), None, batch=True)
    assert price is not None
    assert price.cost_usd(1_000_000, 0) == 0.2
    stated = ModelSettings(input_usd_per_million=3, output_usd_per_million=4)
    assert find_price("x", stated, None, batch=True) == Price(3, 4, "config")


def test_unknown_tokens_have_an_unknown_cost() -> None:
    assert PER_TOKEN.cost_usd(None, 3) is None
    assert PER_TOKEN.cost_usd(2, 3) == 5.0
