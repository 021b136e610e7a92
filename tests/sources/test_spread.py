from __future__ import annotations

import math

import pytest

from benchbuilder.sources import spread as module
from benchbuilder.sources.spread import over_processes


def test_results_come_in_order_whoever_made_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WORTH_IT_BLOCKS", 10)
    items = list(range(300))
    assert list(over_processes(2)(math.sqrt, items)) == [math.sqrt(item) for item in items]


def test_few_items_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_in_pool", None)
    unpicklable = lambda item: item + 1  # noqa: E731 - only the caller's own process can call it
    assert list(over_processes(2)(unpicklable, range(20))) == list(range(1, 21))


def test_items_are_taken_as_they_are_needed() -> None:
    taken = []

    def items() -> object:
        for item in range(1000):
            taken.append(item)
            yield item

    results = over_processes(2)(math.sqrt, items())  # type: ignore[arg-type]
    assert next(iter(results)) == 0
    assert len(taken) == 1


def test_an_error_in_another_process_is_raised_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WORTH_IT_BLOCKS", 1)
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        list(over_processes(1)(math.sqrt, [4, 1, -1]))
