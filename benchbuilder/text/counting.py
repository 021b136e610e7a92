"""Numbers in sentences."""

from __future__ import annotations

from collections.abc import Sequence


def count_of(number: int, noun: str) -> str:
    """A number with its noun: ``1 model``, ``1,200 pairs``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Names with commas, those after ``most`` as their number: ``a, b and 7 others``."""
    more = len(names) - most
    if more <= 1:  # the last one takes no more room than its number
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {more:,} others"
