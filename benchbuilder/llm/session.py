"""What every client holds open: a cache, the caller of its model, a loop; and how it closes."""

from __future__ import annotations

import weakref
from typing import NamedTuple, Self

from pydantic import SecretStr

from benchbuilder.llm.budget import Budget, Purse
from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.calling import Caller
from benchbuilder.llm.endpoint import Endpoint, base_urls, read_key
from benchbuilder.llm.loop import BackgroundLoop
from benchbuilder.llm.outcome import CHAT, Api
from benchbuilder.llm.prices import find_price
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


class Access(NamedTuple):
    """What it takes to call a model."""

    urls: tuple[str | None, ...]
    key: SecretStr | None
    budget: Budget


def demand_access(
    name: str, settings: ModelSettings, purse: Purse | None, *, batch: bool = False
) -> Access:
    """The access to a declared model; asks nothing. Its key is read from the variable it names.

    Raises:
        CompletionError: no key, no valid URL, or a limit without a known price.
    """
    urls = base_urls(settings)
    key = read_key(name, settings, urls)
    price = find_price(name, settings, urls[0], batch=batch)
    return Access(urls, key, Budget(name, price, purse))


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
