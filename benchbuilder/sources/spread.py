"""A pure function over blocks of work on several processes: in order, few blocks in flight."""

from __future__ import annotations

import itertools
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# Enough to keep every process busy while the first result is waited for.
_BLOCKS_AHEAD = 3
# Starting processes takes a second; so many blocks are done by then.
_WORTH_IT_BLOCKS = 20


class Spread(Protocol):
    """Maps a function over blocks, lazily and in order, as ``map`` does.

    A block is work of some ten milliseconds or more, so that handing it over costs little.
    """

    def __call__(
        self, function: Callable[[Item], Result], items: Iterable[Item], /
    ) -> Iterator[Result]: ...


def over_processes(processes: int) -> Spread:
    """A ``Spread`` that uses this many processes beside the caller's once it is worth it.

    The caller's process does blocks, too, where it would wait. The function and the blocks must be
    picklable. Which process does what changes no result.
    """

    def spread(function: Callable[[Item], Result], items: Iterable[Item], /) -> Iterator[Result]:
        remaining = iter(items)
        yield from map(function, itertools.islice(remaining, _WORTH_IT_BLOCKS))
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
        running: deque[Future[Result]] = deque()
        while True:
            ahead = max(0, processes * _BLOCKS_AHEAD - len(running))
            running.extend(pool.submit(function, item) for item in itertools.islice(items, ahead))
            if not running:
                return
            if not running[0].done():  # rather than wait, do one here
                running.extend(_done(function(item)) for item in itertools.islice(items, 1))
            yield running.popleft().result()


def _done(result: Result) -> Future[Result]:
    future: Future[Result] = Future()
    future.set_result(result)
    return future
