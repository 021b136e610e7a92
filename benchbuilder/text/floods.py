"""Template floods: thousands of prompts of one shape (``tools similar to …``), found and capped.

A shape is the opening of a long prompt, or the frame of a short one: its common words, with a slot
for whatever stands between them. Which words are common, the corpus itself says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable
from hashlib import blake2b

SLOT = "…"
_OPENING_WORDS = 12
_LONG_WORDS = 24
# A frame of fewer common words, or with more slots than words, could be any question.
_MIN_FRAME_WORDS = 3
_MIN_FRAME_SHARE = 0.5
_SAMPLE = 20_000
_COMMON_SHARE = 0.001


class Shapes:
    """The words that are common in a corpus, and the shape of a prompt by them."""

    def __init__(self, per_template: int, total: int) -> None:
        self._step = max(1, total // _SAMPLE)
        sampled = total / self._step
        # The frame of a flood stands in more prompts than are kept of it.
        self._threshold = max(2.0, per_template / self._step, _COMMON_SHARE * sampled)
        self._counts: Counter[str] = Counter()
        self._common: frozenset[str] = frozenset()

    def learn(self, texts: Iterable[str]) -> None:
        """Count the words of every n-th text, so that about 20,000 are looked at."""
        for place, text in enumerate(texts):
            if place % self._step == 0:
                self._counts.update(set(text.split()))
        self._common = frozenset(w for w, n in self._counts.items() if n >= self._threshold)
        self._counts.clear()

    def shape_of(self, normalised: str) -> str | None:
        """The shape of a prompt in its normal form, or ``None`` where it has none to speak of."""
        words = normalised.split(" ", _LONG_WORDS)
        if len(words) > _LONG_WORDS:
            return " ".join([*words[:_OPENING_WORDS], SLOT])
        frame: list[str] = []
        for place, word in enumerate(words, start=1):
            # The last word is what a template most often fills in, be it common or not.
            if word in self._common and place < len(words):
                frame.append(word)
            elif frame[-1:] != [SLOT]:
                frame.append(SLOT)
        fixed = sum(word != SLOT for word in frame)
        if fixed < _MIN_FRAME_WORDS or fixed < _MIN_FRAME_SHARE * len(words):
            return None
        return " ".join(frame)


def find_floods(
    read_texts: Callable[[], Iterable[str]],
    total: int,
    *,
    per_template: int,
    skipped: Container[int],
) -> dict[int, str]:
    """The place of each text beyond the first ``per_template`` of its shape, and that shape.

    ``read_texts`` gives the ``total`` texts in their normal form and is called twice; places in
    ``skipped`` count for nothing.
    """
    if total <= per_template:
        return {}
    shapes = Shapes(per_template, total)
    shapes.learn(read_texts())
    seen: Counter[bytes] = Counter()
    floods: dict[int, str] = {}
    for place, text in enumerate(read_texts()):
        shape = None if place in skipped else shapes.shape_of(text)
        if shape is None:
            continue
        key = blake2b(shape.encode(), digest_size=8).digest()
        seen[key] += 1
        if seen[key] > per_template:
            floods[place] = shape
    return floods
