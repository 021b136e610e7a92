"""An event loop on a thread of its own.

Stages call the client as a plain function, from the main thread, a notebook (which has a loop of
its own) or an engine's worker. Connections live as long as the loop.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

# A signal that comes just before a thread blocks is seen when it next runs: it runs this often.
_LOOK_SECONDS = 0.2


class BackgroundLoop:
    """Runs coroutines for callers that are not asynchronous; the first one starts the thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def started(self) -> bool:
        return self._loop is not None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of the coroutine; Ctrl-C cancels it, waits until it is undone, and goes on."""
        loop = self._start()
        finished = threading.Event()

        async def watched() -> T:
            try:
                return await work
            finally:
                finished.set()

        future = asyncio.run_coroutine_threadsafe(watched(), loop)
        try:
            return _wait_for(future)
        except KeyboardInterrupt:
            future.cancel()
            finished.wait(timeout=5)
            raise

    def close(self) -> None:
        """Stop the thread; nothing may be running."""
        if self._loop is None or self._thread is None:
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = None

    def _start(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._loop.run_forever, name="language model calls", daemon=True
            )
            self._thread.start()
        return self._loop


def _wait_for(future: Future[T]) -> T:
    while True:
        try:
            return future.result(timeout=_LOOK_SECONDS)
        except TimeoutError:
            if future.done():
                return future.result()
