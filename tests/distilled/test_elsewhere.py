from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pytest

from benchbuilder.distilled import elsewhere
from benchbuilder.distilled.elsewhere import HeadElsewhere
from benchbuilder.distilled.head import load_head
from benchbuilder.sources.spread import Item, Result

TEXTS = [f"{'Why is the sky blue, and the sea? ' * (n % 4)}Number {n}." for n in range(20)]


def here(function: Callable[[Item], Result], items: Iterable[Item], /) -> Iterator[Result]:
    """The spread of one machine."""
    return map(function, items)


@pytest.mark.parametrize("name", ["minilm", "surface"])
def test_blocks_of_any_size_say_what_the_head_says(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elsewhere, "_BLOCK_ROWS", 7)
    head = load_head(name)
    drawn = np.random.default_rng(0).normal(size=(len(TEXTS), 384))
    vectors = drawn.astype(np.float16) if head.encoder else None
    away = HeadElsewhere(head, here)
    assert away.encoder == head.encoder
    found, expected = away.annotate(TEXTS, vectors), head.annotate(TEXTS, vectors)
    for one, other in zip(found, expected, strict=True):
        assert np.array_equal(one, other)


def test_no_prompts_are_no_rows() -> None:
    assert HeadElsewhere(load_head("surface"), here).annotate([], None).decisions.shape == (0, 7)
