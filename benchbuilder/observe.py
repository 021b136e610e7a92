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


class CostSum:
    """One figure ``cost_usd`` for a stage that asks several models: the sum of what each tells."""

    def __init__(self, observe: Observer) -> None:
        self._observe = observe
        self._costs: dict[str, float] = {}

    def of(self, name: str) -> Observer:
        """The ear for the model of this name."""
        return _OneOfSeveral(name, self._costs, self._observe)


class _OneOfSeveral:
    def __init__(self, name: str, costs: dict[str, float], observe: Observer) -> None:
        self._name, self._costs, self._observe = name, costs, observe

    def progress(self, done: int, total: int | None = None) -> None:
        self._observe.progress(done, total)

    def note(self, sentence: str) -> None:
        self._observe.note(sentence)

    def figure(self, name: str, value: Any) -> None:
        if name == "cost_usd":
            self._costs[self._name] = value
            value = round(sum(self._costs.values()), 6)
        self._observe.figure(name, value)
