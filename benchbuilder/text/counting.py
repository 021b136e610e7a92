"""Numbers in sentences."""

from __future__ import annotations


def count_of(number: int, noun: str) -> str:
    """A number with its noun: ``1 model``, ``1,200 pairs``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
