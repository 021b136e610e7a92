"""Against a real llama.cpp server with a real small model: protocol, cache, resume, load.

What the model says is noise (135M parameters); that it comes through and is read is the point.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.errors import AuthenticationFailed
from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.client import open_client
from benchbuilder.llm.types import Request
from benchbuilder.observe import Silent
from benchbuilder.resources import template_path
from benchbuilder.settings import AnnotateSettings, ModelSettings
from benchbuilder.stages.annotate import annotate
from tests.llm.conftest import anything
from tests.servers import LlamaServer

# A few tokens a second on one core; the general limit would be short.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

TOPICS = ("a sonnet", "a SQL query", "a proof", "a recipe", "a contract")
PROMPTS = [f"Write {TOPICS[n % 5]} about number {n}." for n in range(40)]


@pytest.fixture
def llama() -> Iterator[LlamaServer]:
    server = LlamaServer(api_key="sk-local")
    try:
        yield server
    finally:
        server.close()


def settings(server: LlamaServer, **more: Any) -> ModelSettings:
    chosen = {"max_tokens": 96, "concurrency": 4, "api_key_env": "LLAMA_KEY"} | more
    return ModelSettings(base_url=server.base_url, **chosen)


def annotated(server: LlamaServer, cache: Path, **more: Any) -> list[dict[str, Any]]:
    ids = [f"p{n}" for n in range(len(PROMPTS))]
    batch = pa.RecordBatch.from_pydict(
        {"prompt_id": ids, "system": pa.nulls(len(ids), pa.string()), "text": PROMPTS}
    )
    empty = pa.table({"prompt_id": pa.array([], pa.string())})
    with open_client(
        "smollm", settings(server, **more), cache_path=cache, observe=Silent()
    ) as complete:
        parts = annotate(
            iter([batch]),
            empty,
            settings=AnnotateSettings(annotator="smollm"),
            complete=complete,
            template=template_path("annotate").read_text(encoding="utf-8"),
            observe=Silent(),
        )
        return [row for _, part in parts for row in part.to_pylist()]


def test_forty_prompts_with_a_json_schema_and_again_for_free(
    llama: LlamaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLAMA_KEY", "sk-local")
    first = annotated(llama, tmp_path / "c.sqlite")
    assert len(first) == 40
    statuses = {row["status"] for row in first}
    assert statuses <= {"ok", "truncated"}
    assert sum(row["status"] == "ok" for row in first) >= 20
    assert all(row["tokens"] for row in first)
    again = annotated(llama, tmp_path / "c.sqlite")
    kept = [row for row in first if row["status"] == "ok"]
    assert [row for row in again if row in kept] == kept


def test_a_wrong_key_and_an_over_long_prompt(
    llama: LlamaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLAMA_KEY", "sk-wrong")
    long = Request("long", ({"role": "user", "content": "word " * 20_000},))
    with (
        open_client(
            "smollm", settings(llama), cache_path=tmp_path / "c.sqlite", observe=Silent()
        ) as complete,
        pytest.raises(AuthenticationFailed),
    ):
        complete([long], accept=anything)
    monkeypatch.setenv("LLAMA_KEY", "sk-local")
    with open_client(
        "smollm", settings(llama), cache_path=tmp_path / "c.sqlite", observe=Silent()
    ) as complete:
        assert complete([long], accept=anything)[0].status == "context_overflow"


def test_a_restart_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLAMA_KEY", "sk-local")
    first = LlamaServer(api_key="sk-local")
    replaced: list[LlamaServer] = []

    def restart() -> None:
        """Once the model has worked: a server that was never there is another case."""
        cache = CompletionCache(tmp_path / "c.sqlite")
        while sum(total["calls"] for total in cache.totals()) < 5:
            time.sleep(0.2)
        cache.close()
        first.close()
        replaced.append(LlamaServer(port=first.port, api_key="sk-local"))

    restarting = threading.Thread(target=restart)
    restarting.start()
    try:
        rows = annotated(first, tmp_path / "c.sqlite", max_attempts=10)
    finally:
        restarting.join()
        for server in (first, *replaced):
            server.close()
    assert {row["status"] for row in rows} <= {"ok", "truncated"}
