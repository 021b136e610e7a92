"""Concurrency that adapts, and pauses that hold for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from benchbuilder.llm.pace import Pace


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_it_grows_with_success_up_to_200() -> None:
    async def work() -> None:
        pace = Pace()
        assert int(pace.limit) == 20
        for _ in range(30):
            await pace.succeeded()
        assert int(pace.limit) == 50
        for _ in range(300):
            await pace.succeeded()
        assert int(pace.limit) == 200

    run(work())


def test_it_halves_once_per_burst_then_grows_slowly() -> None:
    async def work() -> None:
        pace = Pace()
        now = asyncio.get_running_loop().time()
        for _ in range(15):
            pace.rate_limited(0.0, started=now)
        assert int(pace.limit) == 10
        await asyncio.sleep(0.001)
        pace.rate_limited(0.0, started=asyncio.get_running_loop().time())
        assert int(pace.limit) == 5
        for _ in range(6):
            await pace.succeeded()
        assert int(pace.limit) == 6

    run(work())


def test_it_never_falls_below_one() -> None:
    async def work() -> None:
        pace = Pace()
        for _ in range(10):
            await asyncio.sleep(0.001)
            pace.failed(started=asyncio.get_running_loop().time())
        assert pace.limit == 1.0
        async with pace.slot(1):
            assert pace.running == 1

    run(work())


def test_pinned_stays_pinned() -> None:
    async def work() -> None:
        pace = Pace(pinned=3)
        await pace.succeeded()
        pace.failed(started=asyncio.get_running_loop().time())
        assert pace.limit == 3.0

    run(work())


def test_no_more_than_the_limit_at_once_and_all_get_their_turn() -> None:
    async def work() -> None:
        pace = Pace(pinned=4)
        most = 0

        async def call() -> None:
            nonlocal most
            async with pace.slot(1):
                most = max(most, pace.running)
                await asyncio.sleep(0.001)

        await asyncio.gather(*(call() for _ in range(40)))
        assert most == 4
        assert pace.running == 0

    run(work())


def test_a_pause_holds_for_everybody() -> None:
    async def work() -> None:
        pace, loop = Pace(), asyncio.get_running_loop()
        began = loop.time()
        pace.rate_limited(0.1, started=began)
        pace.rate_limited(0.01, started=began)

        async def call() -> float:
            async with pace.slot(1) as started:
                return started - began

        waited = await asyncio.gather(*(call() for _ in range(5)))
        assert min(waited) >= 0.09

    run(work())


def test_tokens_per_minute_hold_calls_back() -> None:
    async def work() -> None:
        pace, loop = Pace(tokens_per_minute=6000), asyncio.get_running_loop()
        began = loop.time()
        async with pace.slot(6000):
            pass
        async with pace.slot(20):
            assert loop.time() - began >= 0.15

    run(work())
