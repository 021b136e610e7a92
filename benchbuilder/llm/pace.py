"""How many calls an endpoint gets at once, and when the next one may start.

Concurrency adapts as TCP does: it grows with every success until the first rate limit, halves on
one (once per burst), and then grows by one per round. A rate limit also closes the endpoint for
all workers, not only for the one that met it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiolimiter import AsyncLimiter

_START, _MOST = 20, 200
_MINUTE = 60.0
_LONGEST_PAUSE = 30.0


class Pace:
    """The gate of one endpoint. ``pinned`` fixes the concurrency; None lets it adapt."""

    def __init__(
        self,
        *,
        pinned: int | None = None,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
    ) -> None:
        self.limit = float(pinned or _START)
        self.running = 0
        self._pinned = pinned is not None
        self._most = pinned or _MOST
        self._rising_fast = True
        self._shrunk_at = float("-inf")
        self._bursts = 0  # of rate limits since the last success
        self._opens_at = float("-inf")
        self._room = asyncio.Condition()
        # Requests are spaced evenly: a burst at the start of each minute would meet the limit.
        self._requests = requests_per_minute and AsyncLimiter(1, _MINUTE / requests_per_minute)
        self._tokens = tokens_per_minute and AsyncLimiter(tokens_per_minute, _MINUTE)

    @property
    def workers(self) -> int:
        """How many workers can ever be busy here at once."""
        return self._most

    @asynccontextmanager
    async def slot(self, tokens: int) -> AsyncIterator[float]:
        """Wait for a turn, hold it for the time of a call; gives the time at which it started.

        ``tokens`` is what the call is expected to use, for the limit per minute.
        """
        if self._tokens:
            await self._tokens.acquire(min(tokens, self._tokens.max_rate))
        await self._enter()
        try:
            if self._requests:
                await self._requests.acquire()
            yield asyncio.get_running_loop().time()
        finally:
            self.running -= 1
            async with self._room:
                self._room.notify()

    async def succeeded(self) -> None:
        """A call came through: let more run at once."""
        self._bursts = 0
        if self._pinned or self.limit >= self._most:
            return
        before = int(self.limit)
        self.limit = min(self._most, self.limit + (1 if self._rising_fast else 1 / self.limit))
        if int(self.limit) > before:
            async with self._room:
                self._room.notify()

    def failed(self, *, started: float) -> None:
        """The endpoint is at its limits: halve the concurrency, once per burst.

        Calls that started before the last halving say nothing new.
        """
        self._rising_fast = False
        if not self._pinned and started > self._shrunk_at:
            self.limit = max(1.0, self.limit / 2)
        if started > self._shrunk_at:
            self._bursts += 1
            self._shrunk_at = asyncio.get_running_loop().time()

    def rate_limited(self, wait_seconds: float | None, *, started: float) -> None:
        """Close the endpoint for as long as it asks, or longer with each burst if it does not say.

        A longer pause that is already on stays.
        """
        self.failed(started=started)
        pause = wait_seconds
        if pause is None:
            pause = min(_LONGEST_PAUSE, 2.0 ** (self._bursts - 1))
        self._opens_at = max(self._opens_at, asyncio.get_running_loop().time() + pause)

    async def _enter(self) -> None:
        while True:
            pause = self._opens_at - asyncio.get_running_loop().time()
            if pause > 0:
                await asyncio.sleep(pause)
            async with self._room:
                await self._room.wait_for(lambda: self.running < int(self.limit))
                if self._opens_at <= asyncio.get_running_loop().time():
                    self.running += 1
                    return
