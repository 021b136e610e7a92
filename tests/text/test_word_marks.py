from __future__ import annotations

import pytest

from benchbuilder.text.near_duplicates import NearDuplicates
from benchbuilder.text.word_marks import MARK_BYTES, SHORT_WORDS, word_mark

_LONG = " ".join(f"word{'abcdefghijklmnopqrstuvwxyz'[i]}" for i in range(SHORT_WORDS + 4))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("please set a timer for my tea of 6 minutes", "set a timer for my tea of 6 minutes", True),
        ("set the timer in the kitchen for 6 minutes",
         "set the timer in the kitchen for 20 minutes", False),
        ("does ireland have any travel alerts i should be aware of",
         "does china have any travel alerts i should be aware of", False),
        ("i need to apply for a visa card this very week",
         "i wish to apply for a visa card this very week", True),
        ("i can use my new card with the old pin here",
         "i can not use my new card with the old pin here", False),
        (f"{_LONG} alice went home", f"{_LONG} beatrice went home", True),
        (f"{_LONG} costs 12 coins", f"{_LONG} costs 13 coins", False),
    ],
)  # fmt: skip
def test_what_near_copies_may_change(one: str, other: str, alike: bool) -> None:
    near = NearDuplicates(0.6)
    near.add([one, other], [0, 0])
    assert near.keepers() == ({1: 0} if alike else {})


def test_a_mark_depends_on_the_words_alone() -> None:
    mark = word_mark({"name", "3", "moons", "not"})
    assert mark == word_mark({"not", "moons", "3", "name"})
    assert len(mark) == MARK_BYTES
    assert word_mark({"name", "moons"})[:8] == word_mark(set())[:8] != mark[:8]
