"""A pure function over many items on several processes: results in order, few items in flight."""

from __future__ import annotations

import itertools
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNK_ITEMS = 256
# Enough to keep every process busy while the first result is waited for.
_CHUNKS_AHEAD = 3
# Starting processes takes a second; small inputs are done by then.
_WORTH_IT_ITEMS = 10_000


class Spread(Protocol):
    """Maps a function over items, lazily and in order, as ``map`` does."""

    def __call__(
        self, function: Callable[[Item], Result], items: Iterable[Item], /
    ) -> Iterator[Result]: ...


def over_processes(processes: int) -> Spread:
    """A ``Spread`` that uses this many processes beside the caller's once it is worth it.

    The function and the items must be picklable. Which process does what changes no result.
    """

    def spread(function: Callable[[Item], Result], items: Iterable[Item], /) -> Iterator[Result]:
        remaining = iter(items)
        yield from map(function, itertools.islice(remaining, _WORTH_IT_ITEMS))
        first = next(remaining, None)
        if first is not None:
            yield from _in_pool(function, itertools.chain([first], remaining), processes)

    return spread


def _in_pool(
    function: Callable[[Item], Result], items: Iterator[Item], processes: int
) -> Iterator[Result]:
    # Not forked: the caller may have threads, and a fork would copy their locks.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        running: deque[Future[list[Result]]] = deque()
        while True:
            while len(running) < processes * _CHUNKS_AHEAD:
                chunk = list(itertools.islice(items, _CHUNK_ITEMS))
                if not chunk:
                    break
                running.append(pool.submit(do_chunk, function, chunk))
            if not running:
                return
            yield from running.popleft().result()


def do_chunk(function: Callable[[Item], Result], chunk: list[Item]) -> list[Result]:
    """What a process or a node does with a part of the items."""
    return [function(item) for item in chunk]
