"""Against a real llama.cpp server with a real small model: protocol, cache, resume, load.

What the model says is noise (135M parameters); that it comes through and is read is the point.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from benchbuilder.errors import AuthenticationFailed
from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.client import Client, open_client
from benchbuilder.llm.embeddings import open_embeddings
from benchbuilder.llm.types import Request, anything
from benchbuilder.observe import Silent
from benchbuilder.resources import template_path
from benchbuilder.settings import AnnotateSettings, ModelSettings
from benchbuilder.stages.annotate import annotate
from tests.llama import LlamaServer

# Some thirty tokens a second on one core.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

KEY = "sk-local"
TOPICS = ("a sonnet", "a SQL query", "a proof", "a recipe", "a contract")
PROMPTS = [f"Write {TOPICS[n % 5]} about number {n}." for n in range(40)]
TEMPLATE = template_path("annotate").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def llama() -> Iterator[LlamaServer]:
    server = LlamaServer(api_key=KEY)
    yield server
    server.close()


@pytest.fixture(autouse=True)
def no_backoff() -> None:
    """Pauses are real here: a server that restarts takes its time."""


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLAMA_KEY", KEY)


def settings(server: LlamaServer, **more: Any) -> ModelSettings:
    chosen: dict[str, Any] = {"max_tokens": 96, "concurrency": 4, "api_key_env": "LLAMA_KEY"}
    return ModelSettings(base_url=server.base_url, **(chosen | more))


def opened(server: LlamaServer, cache: Path, **more: Any) -> Client:
    return open_client("smollm", settings(server, **more), cache_path=cache, observe=Silent())


def annotated(
    server: LlamaServer, cache: Path, count: int = 40, **more: Any
) -> list[dict[str, Any]]:
    """The rows of the first prompts, annotated with the shipped template and a JSON schema."""
    ids = [f"p{n}" for n in range(count)]
    batch = pa.RecordBatch.from_pydict(
        {"prompt_id": ids, "system": pa.nulls(count, pa.string()), "text": PROMPTS[:count]}
    )
    empty = pa.table({"prompt_id": pa.array([], pa.string())})
    with opened(server, cache, **more) as complete:
        parts = annotate(
            iter([batch]),
            empty,
            settings=AnnotateSettings(annotator="smollm"),
            complete=complete,
            template=TEMPLATE,
            observe=Silent(),
        )
        return [row for _, part in parts for row in part.to_pylist()]


def calls(path: Path) -> int:
    """How many calls a cache has recorded."""
    cache = CompletionCache(path)
    try:
        return sum(total.calls for total in cache.totals())
    finally:
        cache.close()


def test_forty_prompts_with_a_json_schema_resumed_and_again_for_free(
    llama: LlamaServer, tmp_path: Path
) -> None:
    cache = tmp_path / "c.sqlite"
    begun = annotated(llama, cache, 10)
    assert calls(cache) == 10
    rows = annotated(llama, cache)
    assert (len(rows), calls(cache)) == (40, 40)
    assert rows[:10] == begun
    # Held to the schema, an answer is either whole or cut at max_tokens; at temperature 0 asking
    # again would only cut it again.
    assert {row["status"] for row in rows} <= {"ok", "truncated"}
    assert sum(row["status"] == "ok" for row in rows) >= 20
    assert all(row["tokens"] for row in rows)
    assert annotated(llama, cache) == rows
    assert calls(cache) == 40


def test_a_wrong_key_and_an_over_long_prompt(
    llama: LlamaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = Request("long", ({"role": "user", "content": "word " * 20_000},))
    monkeypatch.setenv("LLAMA_KEY", "sk-wrong")
    with (
        opened(llama, tmp_path / "c.sqlite") as complete,
        pytest.raises(AuthenticationFailed, match="Invalid API Key"),
    ):
        complete([long], accept=anything)
    monkeypatch.setenv("LLAMA_KEY", KEY)
    with opened(llama, tmp_path / "c.sqlite") as complete:
        assert complete([long], accept=anything)[0].status == "context_overflow"


def test_a_restart_in_the_middle(tmp_path: Path) -> None:
    cache = tmp_path / "c.sqlite"
    first = LlamaServer(api_key=KEY)
    replaced: list[LlamaServer] = []

    def restart() -> None:
        """Once the model has worked: a server that was never there is another case."""
        while calls(cache) < 5:
            time.sleep(0.1)
        first.close()
        replaced.append(LlamaServer(port=first.port, api_key=KEY))

    restarting = threading.Thread(target=restart)
    restarting.start()
    try:
        rows = annotated(first, cache, 16, max_tokens=48, max_attempts=10)
    finally:
        restarting.join()
        for server in (first, *replaced):
            server.close()
    assert len(replaced) == 1
    assert {row["status"] for row in rows} <= {"ok", "truncated"}
    assert calls(cache) == 16


def test_vectors_and_a_text_that_is_too_long_for_them(tmp_path: Path) -> None:
    server = LlamaServer(api_key=KEY, tokens=512, kind="vectors")
    texts = [*PROMPTS, "word " * 2000]
    try:
        with open_embeddings(
            "smollm", settings(server), cache_path=tmp_path / "c.sqlite", observe=Silent()
        ) as client:
            found = client.embed(texts)
            paid = calls(tmp_path / "c.sqlite")
            again = client.embed(texts[::-1])
    finally:
        server.close()
    assert found.vectors.shape == (41, 576)
    assert found.cut.tolist() == [False] * 40 + [True]
    norms = np.linalg.norm(found.vectors, axis=1)
    cosine = (found.vectors @ found.vectors.T) / np.outer(norms, norms)
    assert cosine[0, 5] > cosine[0, 1]  # two sonnets are nearer than a sonnet and a query
    assert (again.vectors == found.vectors[::-1]).all()
    assert calls(tmp_path / "c.sqlite") == paid
