"""What every client holds open: a cache, the caller of its model, a loop; and how it closes."""

from __future__ import annotations

import weakref
from typing import Self

from benchbuilder.llm.access import demand_access
from benchbuilder.llm.budget import Purse
from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.calling import Caller
from benchbuilder.llm.endpoint import Endpoint
from benchbuilder.llm.loop import BackgroundLoop
from benchbuilder.llm.outcome import CHAT, Api
from benchbuilder.observe import Observer
from benchbuilder.settings import ModelSettings


class Session:
    """A context manager; also closed when nobody holds it any more, at the latest at exit.

    Without a ``caller`` nothing is asked: only what is on record is answered.
    """

    def __init__(
        self,
        name: str,
        settings: ModelSettings,
        cache: CompletionCache,
        caller: Caller | None,
        observe: Observer,
    ) -> None:
        self.name = name
        self._settings = settings
        self._cache = cache
        self._caller = caller
        self._observe = observe
        self._loop = BackgroundLoop()
        self._finalizer = weakref.finalize(self, _close, caller, self._loop, cache)

    def close(self) -> None:
        """Close connections and the cache."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _tell_cost(self) -> None:
        if self._caller is not None and self._caller.budget.price is not None:
            self._observe.figure("cost_usd", round(self._caller.budget.spent_usd, 6))


def open_caller(
    name: str,
    settings: ModelSettings,
    cache: CompletionCache,
    observe: Observer,
    *,
    max_cost_usd: float | Purse | None = None,
    batch: bool = False,
    stage: str | None = None,
    api: Api = CHAT,
) -> Caller:
    """The caller of a declared model.

    Raises:
        CompletionError: as ``demand_access`` does.
    """
    purse = Purse(max_cost_usd) if isinstance(max_cost_usd, float | int) else max_cost_usd
    urls, key, budget = demand_access(name, settings, purse, batch=batch)
    endpoints = [Endpoint(url, key, settings, api) for url in urls]
    return Caller(name, settings, endpoints, budget, cache, observe, stage)


def _close(caller: Caller | None, loop: BackgroundLoop, cache: CompletionCache) -> None:
    if caller is not None and loop.started:
        loop.run(caller.close())
    loop.close()
    cache.close()
