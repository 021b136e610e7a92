"""Fixtures of the client's tests: scripted servers, clients on a cache of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
import stamina

from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.client import Client, open_client
from benchbuilder.llm.types import Request
from benchbuilder.observe import Silent
from benchbuilder.settings import ModelSettings
from tests.servers import Script, ScriptedServer, scripted

Serve = Callable[[Script], ScriptedServer]
Open = Callable[..., Client]
OpenCache = Callable[[Path], CompletionCache]


@pytest.fixture(autouse=True)
def no_backoff() -> Iterator[None]:
    """Pauses between tries are skipped; those that a server asks for by a 429 are not."""
    with stamina.set_testing(True, attempts=1000):
        yield


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts scripted servers and stops them at the end."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(scripted(script))


@pytest.fixture
def observe() -> Silent:
    return Silent()


@pytest.fixture
def open_model(tmp_path: Path, observe: Silent) -> Iterator[Open]:
    """Opens clients of the model ``m`` on one cache: ``open_model(base_url, **settings)``."""
    with ExitStack() as stack:

        def open_one(
            base_url: str | tuple[str, ...] | None,
            *,
            offline: bool = False,
            max_cost_usd: float | None = None,
            batch: bool = False,
            stage: str | None = None,
            **settings: Any,
        ) -> Client:
            client = open_client(
                "m",
                ModelSettings(base_url=base_url, **settings),
                cache_path=tmp_path / "completions.sqlite",
                offline=offline,
                max_cost_usd=max_cost_usd,
                batch=batch,
                stage=stage,
                observe=observe,
            )
            return stack.enter_context(client)

        yield open_one


@pytest.fixture
def open_cache() -> Iterator[OpenCache]:
    """Opens caches and closes them at the end."""
    with ExitStack() as stack:
        yield lambda path: stack.enter_context(closing(CompletionCache(path)))


def requests(count: int, *, start: int = 0) -> list[Request]:
    """Requests ``q0``, ``q1``, … whose message is their id."""
    names = [f"q{number}" for number in range(start, start + count)]
    return [Request(name, ({"role": "user", "content": name},)) for name in names]


def anything(text: str) -> None:
    """Accepts every text."""
