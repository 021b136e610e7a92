from __future__ import annotations

import random
from contextlib import closing

import numpy as np
import pytest

from benchbuilder.text.near_duplicates import NearDuplicates
from benchbuilder.text.signatures import signatures_of
from benchbuilder.text.word_marks import MOST_WORDS, SHORT_WORDS, ask_the_same, word_marks

_FRAME = " ".join(f"word{a}{b}" for a in "bcdfghjklm" for b in "npqrstvwxz")
_LONG = f"{_FRAME} {_FRAME.replace('word', 'sign')}"


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
        ("anna is reading a book and alice is playing chess what is amanda doing",
         "anna is reading a book but alice is playing chess what is amanda doing", False),
        ("a boat that does carry the farmer and a goat",
         "a boat that doesn't carry the farmer and a goat", False),
        ("roll two dice and tell me what the sum is likely to be",
         "roll three dice and tell me what the sum is likely to be", False),
        (f"{_FRAME} alice went home", f"{_FRAME} beatrice went home", True),
        (f"{_FRAME} alice wrote songs", f"{_FRAME} beatrice painted houses", False),
        (f"{_FRAME[:200]} alice went home", f"{_FRAME[:200]} beatrice went home", False),
        (f"{_FRAME} alice went home", f"{_FRAME} alice went straight home", True),
        (f"{_FRAME} two seperate lists", f"{_FRAME} two separate lists", True),
        (f"{_FRAME} the continous cards", f"{_FRAME} the continuous card", True),
        (f"{_LONG} alice went home", f"{_LONG} beatrice went home", True),
        (f"{_LONG} costs 12 coins", f"{_LONG} costs 13 coins", False),
    ],
)  # fmt: skip
def test_what_near_copies_may_change(one: str, other: str, alike: bool) -> None:
    with closing(NearDuplicates(0.6)) as near:
        near.add(signatures_of([one, other], [0, 0]))
        assert near.keepers() == ({1: 0} if alike else {})


def test_a_mark_depends_on_the_words_of_its_text_alone() -> None:
    texts = [{"name", "3", "moons", "not"}, {"name", "moons"}, set(_LONG.split()), set()]
    marks = word_marks(texts)
    assert len(set(_LONG.split())) > MOST_WORDS
    alone = [word_marks([frozenset(words)]) for words in texts]
    assert np.array_equal(marks, np.concatenate(alone))
    assert marks[1, 0] == marks[3, 0] != marks[0, 0]
    assert marks[:, 1:].any(axis=1).tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    ("size", "swapped", "share"),
    [(16, 1, 0.01), (SHORT_WORDS, 1, 0.01), (60, 2, 0.02), (MOST_WORDS, 2, 0.2)],
)
def test_hardly_a_swap_is_overlooked(size: int, swapped: int, share: float) -> None:
    lot = random.Random(3)
    words = ["".join(lot.choices("bcdfghjklmnprstvwz", k=7)) for _ in range(4000)]
    overlooked = 0
    for _ in range(500):
        drawn = lot.sample(words, size + swapped)
        marks = word_marks([set(drawn[swapped:]), set(drawn[:-swapped])])
        overlooked += bool(ask_the_same(marks[:1], marks[1:], np.array([size]))[0])
    assert overlooked <= share * 500
