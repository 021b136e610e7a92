"""The event loop on its own thread."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from benchbuilder.llm.loop import BackgroundLoop
from benchbuilder.llm.types import anything
from tests.llm.conftest import Open, Serve, requests
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


INTERRUPTED = """
    import asyncio, os, random, signal, sys, threading, time
    from benchbuilder.llm import loop as module

    module._LOOK_SECONDS = 0.0005  # many looks, many moments between two of them
    moments = random.Random(7)

    async def work():
        await asyncio.gather(*[asyncio.sleep(600) for _ in range(4)])

    def shoot(pause):
        time.sleep(pause)
        os.kill(os.getpid(), signal.SIGINT)

    for _ in range(400):
        loop = module.BackgroundLoop()
        shot = threading.Thread(target=shoot, args=(moments.uniform(0, 0.003),))
        try:
            shot.start()
            loop.run(work())
        except KeyboardInterrupt:
            pass
        shot.join()
        loop.close()
    print("done")
"""


def test_ctrl_c_may_come_at_any_moment() -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(INTERRUPTED)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("done\n", "")
