"""The estimate before a run."""

from __future__ import annotations

from pathlib import Path

from benchbuilder.llm.embeddings import open_embeddings
from benchbuilder.llm.preflight import EmbeddingPreflight, Preflight
from benchbuilder.llm.types import anything
from benchbuilder.observe import Silent
from benchbuilder.settings import ModelSettings
from tests.llm.conftest import Open, Serve, requests
from tests.llm.test_embeddings import TEXTS, embedded
from tests.servers import answer


def test_preflight_counts_what_is_not_on_record(
    serve: Serve, open_model: Open, tmp_path: Path
) -> None:
    server = serve(lambda body, _: answer("x"))
    open_model(server.base_url)(requests(3), accept=anything)
    settings = ModelSettings(
        base_url=server.base_url, input_usd_per_million=1, output_usd_per_million=2
    )
    preflight = Preflight("m", settings, stage="judge", cache_path=tmp_path / "completions.sqlite")
    completions = preflight(requests(10), accept=anything)
    preflight(requests(5), accept=anything)  # equal questions are one
    estimate = preflight.estimate()
    preflight.close()
    assert [c.status for c in completions] == ["ok"] * 3 + ["empty"] * 7
    assert (estimate.requests, estimate.recorded, estimate.calls) == (10, 3, 7)
    assert estimate.stage == "judge"
    assert estimate.price == "$1 in and $2 out a million tokens (config)"
    assert estimate.output_tokens == 7 * 5  # learned from the three on record
    assert estimate.cost_usd == (estimate.input_tokens + 2 * 35) / 1e6
    assert len(server.calls) == 3


def test_what_would_only_be_cut_again_is_no_call(
    serve: Serve, open_model: Open, tmp_path: Path
) -> None:
    server = serve(lambda body, _: answer("x", finish="length"))
    open_model(server.base_url)(requests(3), accept=anything)
    for temperature, calls in ((0.0, 2), (None, 5)):
        preflight = Preflight(
            "m",
            ModelSettings(base_url=server.base_url, temperature=temperature),
            stage="judge",
            cache_path=tmp_path / "completions.sqlite",
        )
        preflight(requests(5), accept=anything)
        assert preflight.estimate().calls == calls
        preflight.close()


def test_preflight_without_a_cache_or_a_price(tmp_path: Path) -> None:
    settings = ModelSettings(base_url="http://127.0.0.1:1/v1", max_tokens=20)
    preflight = Preflight("m", settings, stage="judge", cache_path=tmp_path / "none.sqlite")
    preflight(requests(2), accept=anything)
    estimate = preflight.estimate()
    assert (estimate.calls, estimate.output_tokens, estimate.cost_usd) == (2, 40, None)
    assert not (tmp_path / "none.sqlite").exists()


def test_vectors_that_are_not_on_record_are_counted(serve: Serve, tmp_path: Path) -> None:
    server, cache = serve(embedded), tmp_path / "completions.sqlite"
    settings = ModelSettings(
        base_url=server.base_url, input_usd_per_million=1, output_usd_per_million=9
    )
    with open_embeddings("e", settings, cache_path=cache, observe=Silent()) as client:
        client.embed(TEXTS[:10])
    preflight = EmbeddingPreflight("e", settings, stage="embed", cache_path=cache)
    assert preflight.embed(TEXTS[:60]).vectors.shape == (60, 1)
    preflight.embed(TEXTS[40:])
    estimate = preflight.estimate()
    preflight.close()
    assert (estimate.requests, estimate.recorded) == (100, 10)
    assert estimate.calls == 3  # of 90 texts, 32 at once
    assert estimate.output_tokens == 0
    assert estimate.cost_usd == estimate.input_tokens / 1e6 > 0
    assert len(server.calls) == 1
