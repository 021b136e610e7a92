from __future__ import annotations

import pytest

from benchbuilder.text import remembered as module
from benchbuilder.text.remembered import Remembered


def test_a_word_is_looked_at_once() -> None:
    asked = []

    def length(word: str) -> int:
        asked.append(word)
        return len(word)

    lengths = Remembered(length)
    assert [lengths[word] for word in ("one", "three", "one")] == [3, 5, 3]
    assert asked == ["one", "three"]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WORDS", 10)
    lengths = Remembered(len)
    assert [lengths[str(number)] for number in range(25)] == [len(str(n)) for n in range(25)]
    assert len(lengths) == 5
    assert lengths["x" * 1000] == 1000
    assert len(lengths) == 5
