"""Fixtures of the client's tests: scripted servers, clients on a cache of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, TypeVar

import pytest
import stamina

from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.client import Client, open_client
from benchbuilder.llm.session import Session
from benchbuilder.llm.types import Request
from benchbuilder.observe import Silent
from benchbuilder.settings import ModelSettings
from tests.servers import Script, ScriptedServer, scripted

Serve = Callable[[Script], ScriptedServer]
Open = Callable[..., Client]
OpenCache = Callable[[Path], CompletionCache]
S = TypeVar("S", bound=Session)

_OF_OPENING = ("offline", "max_cost_usd", "batch", "stage")  # what else is given is a setting


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
    yield from opener(open_client, "m", tmp_path, observe)


@pytest.fixture
def open_cache() -> Iterator[OpenCache]:
    """Opens caches and closes them at the end."""
    with ExitStack() as stack:
        yield lambda path: stack.enter_context(closing(CompletionCache(path)))


def requests(count: int, *, start: int = 0) -> list[Request]:
    """Requests ``q0``, ``q1``, … whose message is their id."""
    names = [f"q{number}" for number in range(start, start + count)]
    return [Request(name, ({"role": "user", "content": name},)) for name in names]


def opener(
    opening: Callable[..., S], name: str, folder: Path, observe: Silent
) -> Iterator[Callable[..., S]]:
    """For a fixture: opens clients of a model on one cache, and closes them at the end."""
    with ExitStack() as stack:

        def open_one(base_url: str | tuple[str, ...] | None, **given: Any) -> S:
            options = {key: given.pop(key) for key in _OF_OPENING if key in given}
            client = opening(
                name,
                ModelSettings(base_url=base_url, **given),
                cache_path=folder / "completions.sqlite",
                observe=observe,
                **options,
            )
            return stack.enter_context(client)

        yield open_one
