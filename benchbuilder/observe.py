"""What a stage tells while it works: progress, plain sentences and figures.

A stage gets an ``Observer`` and never prints. The runner records notes and figures in the
manifest; the console draws the progress.
"""

from __future__ import annotations

from typing import Any, Protocol


class Observer(Protocol):
    """The ear of a stage."""

    def progress(self, done: int, total: int | None = None) -> None:
        """``done`` of ``total`` items (``None``: not known) are finished."""

    def note(self, sentence: str) -> None:
        """A plain sentence that the user must read (fewer than asked, a fallback taken)."""

    def figure(self, name: str, value: Any) -> None:
        """A number or a small JSON value worth keeping (counts of a waterfall, noise share)."""


class Silent:
    """Hears everything, tells nobody; keeps notes and figures for whoever asks."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.figures: dict[str, Any] = {}

    def progress(self, done: int, total: int | None = None) -> None:
        del done, total

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)

    def figure(self, name: str, value: Any) -> None:
        self.figures[name] = value
