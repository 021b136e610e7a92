"""Vectors of texts over HTTP: in order, paid for once, through every misfortune."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchbuilder.errors import (
    AuthenticationFailed,
    BudgetExceeded,
    CompletionError,
    NotInCache,
)
from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.embeddings import EmbeddingClient, open_embeddings
from benchbuilder.llm.recordings import export_completions
from benchbuilder.observe import Silent
from tests.llm.conftest import OpenCache, Serve, opener
from tests.servers import Body, Reply, failure

OpenEmbeddings = Callable[..., EmbeddingClient]
TEXTS = [f"text number {n}" for n in range(100)]


def vector(text: str) -> list[float]:
    """What the server of these tests gives for a text."""
    return [float(len(text)), float(sum(text.encode()) % 997), 1.0]


def embedded(body: Body, number: int = 0) -> Reply:
    """All vectors, the last one first, as base64 where that was asked for."""
    items = []
    for place, text in reversed(list(enumerate(body["input"]))):
        packed = base64.b64encode(np.array(vector(text), dtype="<f4").tobytes()).decode()
        wanted = packed if body.get("encoding_format") == "base64" else vector(text)
        items.append({"index": place, "embedding": wanted})
    usage = {"prompt_tokens": 3 * len(items), "total_tokens": 3 * len(items)}
    return Reply(body=json.dumps({"object": "list", "data": items, "usage": usage}))


@pytest.fixture
def open_model(tmp_path: Path, observe: Silent) -> Iterator[OpenEmbeddings]:
    """Opens clients of the model ``e`` on one cache: ``open_model(base_url, **settings)``."""
    yield from opener(open_embeddings, "e", tmp_path, observe)


def expected(texts: list[str]) -> np.ndarray[Any, Any]:
    return np.array([vector(text) for text in texts], dtype=np.float32)


def test_vectors_come_in_order_in_few_calls_and_again_for_free(
    serve: Serve, open_model: OpenEmbeddings
) -> None:
    server = serve(embedded)
    seen: list[tuple[int, int]] = []
    result = open_model(server.base_url).embed(TEXTS, lambda *at: seen.append(at))
    assert result.vectors.dtype == np.float32
    assert (result.vectors == expected(TEXTS)).all()
    assert not result.cut.any()
    assert sorted(len(call["input"]) for call in server.calls) == [4, 32, 32, 32]
    assert server.calls[0].keys() == {"model", "input", "encoding_format"}
    assert (seen[0], seen[-1]) == ((0, 100), (100, 100))
    again = open_model(server.base_url).embed(TEXTS[::-1])
    assert (again.vectors == expected(TEXTS[::-1])).all()
    offline = open_model(server.base_url, offline=True).embed(TEXTS[:3])
    assert (offline.vectors == expected(TEXTS[:3])).all()
    assert len(server.calls) == 4


def test_equal_texts_are_asked_once_and_no_texts_not_at_all(
    serve: Serve, open_model: OpenEmbeddings
) -> None:
    server = serve(embedded)
    model = open_model(server.base_url)
    assert model.embed([]).vectors.shape == (0, 0)
    result = model.embed(["a text", "another", "a text"])
    assert (result.vectors == expected(["a text", "another", "a text"])).all()
    assert [call["input"] for call in server.calls] == [["a text", "another"]]


def test_long_texts_travel_in_smaller_calls(serve: Serve, open_model: OpenEmbeddings) -> None:
    server = serve(embedded)
    texts = [f"{n} " + "word " * 5000 for n in range(8)]
    assert (open_model(server.base_url).embed(texts).vectors == expected(texts)).all()
    assert sorted(len(call["input"]) for call in server.calls) == [2, 3, 3]


def test_another_model_body_or_revision_is_another_vector(
    serve: Serve, open_model: OpenEmbeddings
) -> None:
    server = serve(embedded)
    for settings in ({}, {"revision": "2"}, {"extra_body": {"dimensions": 2}}, {"model": "f"}):
        open_model(server.base_url, **settings).embed(["a text"])
        open_model(server.base_url, temperature=1.0, timeout_seconds=9.0, **settings).embed(
            ["a text"]
        )
    assert len(server.calls) == 4
    assert server.calls[2]["dimensions"] == 2


def test_a_server_that_takes_fewer_texts_gets_fewer(
    serve: Serve, open_model: OpenEmbeddings
) -> None:
    def script(body: Body, number: int) -> Reply:
        if len(body["input"]) > 8:
            return failure(422, "batch size 32 > maximum allowed batch size 8")
        return embedded(body)

    server = serve(script)
    result = open_model(server.base_url).embed(TEXTS[:32])
    assert (result.vectors == expected(TEXTS[:32])).all()
    assert sorted(len(call["input"]) for call in server.calls) == [8, 8, 8, 8, 16, 16, 32]


def test_a_server_that_takes_one_text_at_a_time_gets_one(
    serve: Serve, open_model: OpenEmbeddings
) -> None:
    def script(body: Body, number: int) -> Reply:
        one = len(body["input"]) == 1
        return embedded(body) if one else failure(400, "input must be a single text")

    result = open_model(serve(script).base_url).embed(TEXTS)
    assert (result.vectors == expected(TEXTS)).all()


def test_a_model_that_gives_no_vectors_is_found_out_in_few_calls(
    serve: Serve, open_model: OpenEmbeddings
) -> None:
    server = serve(lambda body, number: failure(400, "this model has no pooling"))
    with pytest.raises(CompletionError, match="no pooling"):
        open_model(server.base_url).embed(TEXTS)
    assert len(server.calls) < 12


def test_a_text_that_is_too_long_is_cut_until_it_fits(
    serve: Serve, open_model: OpenEmbeddings
) -> None:
    def script(body: Body, number: int) -> Reply:
        if any(len(text) > 100 for text in body["input"]):
            return failure(400, "This model's maximum context length is 25 tokens")
        return embedded(body)

    server = serve(script)
    texts = ["short one", "long " * 60, "short two"]
    result = open_model(server.base_url).embed(texts)
    assert result.cut.tolist() == [False, True, False]
    assert (result.vectors == expected(["short one", ("long " * 60)[:75], "short two"])).all()
    calls = len(server.calls)
    assert open_model(server.base_url).embed(texts).cut.tolist() == [False, True, False]
    assert len(server.calls) == calls


def test_rate_limits_and_failures_are_waited_out(serve: Serve, open_model: OpenEmbeddings) -> None:
    def script(body: Body, number: int) -> Reply:
        if number % 3 == 1:
            return failure(429, "slow down", headers={"retry-after": "0.05"})
        return failure(503, "busy") if number % 3 == 2 else embedded(body)

    server = serve(script)
    result = open_model(server.base_url).embed(TEXTS)
    assert (result.vectors == expected(TEXTS)).all()


def test_a_field_that_the_server_does_not_take_is_left_out(
    serve: Serve, open_model: OpenEmbeddings, observe: Silent
) -> None:
    def script(body: Body, number: int) -> Reply:
        if "encoding_format" in body:
            return failure(400, "Unsupported parameter: 'encoding_format'", param="encoding_format")
        return embedded(body)

    server = serve(script)
    result = open_model(server.base_url).embed(TEXTS)
    assert (result.vectors == expected(TEXTS)).all()
    assert observe.notes == ["e does not take encoding_format: left out from now on"]


def test_what_comes_before_a_failure_is_kept(serve: Serve, open_model: OpenEmbeddings) -> None:
    broken = True

    def script(body: Body, number: int) -> Reply:
        bad = broken and "text number 50" in body["input"]
        return failure(400, "bad words") if bad else embedded(body)

    server = serve(script)
    with pytest.raises(CompletionError, match=r"no vector for 1 of 100 .*number 50.*bad words"):
        open_model(server.base_url).embed(TEXTS)
    broken, before = False, len(server.calls)
    result = open_model(server.base_url).embed(TEXTS)
    assert (result.vectors == expected(TEXTS)).all()
    assert [call["input"] for call in server.calls[before:]] == [["text number 50"]]


def test_too_few_vectors_are_not_taken_but_count_as_paid(
    serve: Serve, open_model: OpenEmbeddings, open_cache: OpenCache, tmp_path: Path
) -> None:
    server = serve(lambda body, number: embedded({**body, "input": body["input"][1:]}))
    with pytest.raises(CompletionError, match="31 vectors for 32 texts"):
        open_model(server.base_url).embed(TEXTS)
    (total,) = open_cache(tmp_path / "completions.sqlite").totals()
    assert (total.calls, total.final, total.input_tokens) == (4, 0, 3 * 96)


def test_vectors_of_two_widths_are_not_mixed(serve: Serve, open_model: OpenEmbeddings) -> None:
    def script(body: Body, number: int) -> Reply:
        data = [{"index": n, "embedding": [1.0] * (number + 2)} for n in range(len(body["input"]))]
        return Reply(body=json.dumps({"data": data}))

    server = serve(script)
    model = open_model(server.base_url)
    model.embed(["one"])
    with pytest.raises(CompletionError, match="2 widths"):
        model.embed(["one", "two"])


def test_a_refused_key_stops_at_once_and_shows_no_key(
    serve: Serve, open_model: OpenEmbeddings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_KEY", "sk-secret-4711")
    server = serve(lambda body, number: failure(401, "Incorrect API key: sk-secret-4711"))
    with pytest.raises(AuthenticationFailed) as refused:
        open_model(server.base_url, api_key_env="A_KEY").embed(TEXTS)
    assert len(server.calls) == 1
    assert server.headers[0]["authorization"] == "Bearer sk-secret-4711"
    assert "4711" not in str(refused.value)
    assert not any(b"4711" in path.read_bytes() for path in tmp_path.iterdir())


def test_the_budget_holds_and_the_cost_is_told(
    serve: Serve, open_model: OpenEmbeddings, observe: Silent
) -> None:
    server = serve(embedded)
    price = {"input_usd_per_million": 1e4, "output_usd_per_million": 0.0, "concurrency": 1}
    with pytest.raises(BudgetExceeded):
        open_model(server.base_url, max_cost_usd=3.5, **price).embed(TEXTS)
    paid = len(server.calls)
    assert 1 <= paid < 4
    assert observe.figures["cost_usd"] == pytest.approx(paid * 32 * 3 * 1e4 / 1e6)
    assert (open_model(server.base_url, **price).embed(TEXTS).vectors == expected(TEXTS)).all()
    assert len(server.calls) == 4


def test_offline_a_text_without_a_vector_is_named(open_model: OpenEmbeddings) -> None:
    with pytest.raises(NotInCache, match="1 texts; the first is: a text"):
        open_model("http://127.0.0.1:9/v1", offline=True).embed(["a text"])


def test_calls_count_in_the_totals_and_stay_out_of_recordings(
    serve: Serve, open_model: OpenEmbeddings, open_cache: OpenCache, tmp_path: Path
) -> None:
    server = serve(embedded)
    open_model(server.base_url).embed(TEXTS)
    cache: CompletionCache = open_cache(tmp_path / "completions.sqlite")
    (total,) = cache.totals()
    assert (total.model, total.calls, total.input_tokens) == ("e", 4, 300)
    assert export_completions(cache, tmp_path / "out.jsonl") == 0


def test_two_endpoints_share_the_work(serve: Serve, open_model: OpenEmbeddings) -> None:
    servers = (serve(embedded), serve(embedded))
    model = open_model(tuple(server.base_url for server in servers))
    assert (model.embed(TEXTS).vectors == expected(TEXTS)).all()
    assert all(server.calls for server in servers)
