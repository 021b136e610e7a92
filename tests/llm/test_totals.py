"""What calls came to: known sums beside counts of what is not known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchbuilder.llm.cache import Call, CompletionCache
from benchbuilder.llm.totals import Total
from benchbuilder.llm.types import anything
from tests.llm.conftest import Open, OpenCache, Serve, requests
from tests.servers import answer, asked, failure


@pytest.fixture
def cache(tmp_path: Path, open_cache: OpenCache) -> CompletionCache:
    return open_cache(tmp_path / "c.sqlite")


def record(cache: CompletionCache, key: str, status: str = "ok", **values: Any) -> None:
    call = Call(key=key, final=status == "ok", model="m", request_id=key, status=status)
    cache.record(call._replace(**values), "{}")


def test_totals_by_stage_and_model_in_the_order_of_work(cache: CompletionCache) -> None:
    usage: dict[str, Any] = {"input_tokens": 10, "output_tokens": 2, "cost_usd": 0.5}
    record(cache, "a", stage="judge", **usage)
    record(cache, "b", stage="annotate", **usage)
    record(cache, "c", "truncated", stage="judge", **usage)
    record(cache, "d", model="n", stage="judge", **usage)
    assert cache.totals() == [
        Total("judge", "m", 2, 1, 20, 4, 0, 1.0, 0),
        Total("annotate", "m", 1, 1, 10, 2, 0, 0.5, 0),
        Total("judge", "n", 1, 1, 10, 2, 0, 0.5, 0),
    ]


def test_what_is_not_known_is_counted_not_taken_for_nothing(cache: CompletionCache) -> None:
    record(cache, "a", input_tokens=10, output_tokens=2, cost_usd=0.5)
    record(cache, "b")
    record(cache, "c", input_tokens=10, output_tokens=2)
    assert cache.totals() == [Total(None, "m", 3, 3, 20, 4, 1, 0.5, 2)]


def test_a_price_that_is_never_known_gives_no_sum(cache: CompletionCache) -> None:
    record(cache, "a", input_tokens=10, output_tokens=2)
    assert cache.totals()[0].cost_usd is None


def test_what_the_server_turned_down_costs_nothing(cache: CompletionCache) -> None:
    record(cache, "a", "content_filter")
    record(cache, "b", "context_overflow")
    assert cache.totals() == [Total(None, "m", 2, 0, None, None, 0, 0.0, 0)]
    record(cache, "c", "content_filter", finish_reason="content_filter")  # it had begun to write
    assert cache.totals()[0].unpriced == 1


def test_calls_of_a_client_carry_its_stage(
    serve: Serve, open_model: Open, open_cache: OpenCache, tmp_path: Path
) -> None:
    server = serve(lambda body, _: failure(400, "too bad") if asked(body) == "q1" else answer("x"))
    open_model(server.base_url, stage="judge")(requests(3), accept=anything)
    (total,) = open_cache(tmp_path / "completions.sqlite").totals()
    assert total == Total("judge", "m", 3, 2, 20, 10, 0, None, 2)
