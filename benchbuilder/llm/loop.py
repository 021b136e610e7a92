"""An event loop on a thread of its own.

Stages call the client as a plain function, from the main thread, a notebook (which has a loop of
its own) or an engine's worker. Connections live as long as the loop.

Ctrl-C may come between any two steps of the main thread. So the loop is made and ended on its own
thread, which signals do not reach, and the main thread waits without holding a lock.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

# A signal that comes just before a thread blocks is seen when it next runs: it runs this often.
_LOOK_SECONDS = 0.2
_UNDO_SECONDS = 5.0


class BackgroundLoop:
    """Runs coroutines for callers that are not asynchronous; the first one starts the thread."""

    def __init__(self) -> None:
        self._serving: tuple[threading.Thread, asyncio.AbstractEventLoop, asyncio.Event] | None
        self._serving = None

    @property
    def started(self) -> bool:
        return self._serving is not None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of the coroutine; Ctrl-C cancels it, waits until it is undone, and goes on."""
        ended: SimpleQueue[asyncio.Task[T]] = SimpleQueue()
        begun: list[asyncio.Task[T]] = []

        def begin() -> None:
            begun.append(loop.create_task(work))
            begun[0].add_done_callback(ended.put)

        def cancel() -> None:
            if not begun:
                begin()
            begun[0].cancel()

        try:
            loop = self._start()
            loop.call_soon_threadsafe(begin)
            return _next(ended).result()
        except KeyboardInterrupt:
            if self._serving is None:
                work.close()
                raise
            loop = self._serving[1]
            loop.call_soon_threadsafe(cancel)
            with suppress(Empty):
                ended.get(timeout=_UNDO_SECONDS)
            raise

    def close(self) -> None:
        """Stop the thread; what still runs there is cancelled."""
        if self._serving is None:
            return
        thread, loop, stop = self._serving
        self._serving = None
        loop.call_soon_threadsafe(stop.set)
        thread.join()

    def _start(self) -> asyncio.AbstractEventLoop:
        if self._serving is None:
            ready: SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = SimpleQueue()
            thread = threading.Thread(
                target=lambda: asyncio.run(_serve(ready)), name="language model calls", daemon=True
            )
            thread.start()
            self._serving = (thread, *_next(ready))
        return self._serving[1]


async def _serve(ready: SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Event]]) -> None:
    stop = asyncio.Event()
    ready.put((asyncio.get_running_loop(), stop))
    await stop.wait()


def _next(queue: SimpleQueue[T]) -> T:
    while True:
        with suppress(Empty):
            return queue.get(timeout=_LOOK_SECONDS)
