"""The event loop on its own thread."""

from __future__ import annotations

import asyncio
import gc
import threading
from pathlib import Path

import pytest

from benchbuilder.llm.loop import BackgroundLoop
from tests.llm.conftest import Open, Serve, anything, requests
from tests.servers import answer


def test_results_and_errors_come_back() -> None:
    loop = BackgroundLoop()

    async def double(number: int) -> int:
        await asyncio.sleep(0)
        return 2 * number

    async def fail() -> None:
        raise ValueError("no")

    assert not loop.started
    assert loop.run(double(4)) == 8
    with pytest.raises(ValueError, match="no"):
        loop.run(fail())
    loop.close()
    loop.close()
    assert not loop.started


def test_it_works_where_a_loop_is_running() -> None:
    loop = BackgroundLoop()

    async def inner() -> str:
        return "inner"

    async def outer() -> str:
        return loop.run(inner())

    assert asyncio.run(outer()) == "inner"
    loop.close()


def test_a_client_that_nobody_holds_leaves_no_thread(
    serve: Serve, open_model: Open, tmp_path: Path
) -> None:
    from benchbuilder.llm.client import open_client
    from benchbuilder.observe import Silent
    from benchbuilder.settings import ModelSettings

    server = serve(lambda body, _: answer("x"))
    before = set(threading.enumerate())
    client = open_client(
        "m",
        ModelSettings(base_url=server.base_url),
        cache_path=tmp_path / "c.sqlite",
        observe=Silent(),
    )
    client(requests(1), accept=anything)
    loops = [t for t in set(threading.enumerate()) - before if t.name == "language model calls"]
    assert len(loops) == 1
    del client
    gc.collect()
    assert not loops[0].is_alive()
