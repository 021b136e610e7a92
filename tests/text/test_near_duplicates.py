from __future__ import annotations

import random
from contextlib import closing

import pytest

from benchbuilder.text.near_duplicates import NearDuplicates
from benchbuilder.text.normalise import normalise
from benchbuilder.text.signatures import signatures_of

_OPENINGS = ("Write", "Explain", "Compare", "Plan", "Review", "Summarise", "Design", "Debug")
_SYLLABLES = ("ba", "ko", "li", "mer", "nu", "pra", "so", "ti", "vel", "wa", "xi", "zon", "qua")


def made_prompts(count: int, seed: int) -> list[str]:
    """Prompts of 12 to 60 invented words; no two have more than a few in common."""
    lot = random.Random(seed)
    words = ["".join(lot.choices(_SYLLABLES, k=lot.randint(2, 4))) for _ in range(8000)]
    return [
        " ".join([lot.choice(_OPENINGS), *lot.choices(words, k=lot.randint(11, 59))]) + "."
        for _ in range(count)
    ]


def edited(text: str, lot: random.Random) -> str:
    """The text with white space, case, punctuation or one word changed."""
    words = text.split(" ")
    place = lot.randrange(len(words))
    kind = lot.randrange(4)
    if kind == 0:
        words[place] += "  \n"
    elif kind == 1:
        return lot.choice((text.upper(), text.title(), text.lower()))
    elif kind == 2:
        words[place] = lot.choice(("{},", '"{}"', "({})", "{}!", "- {}")).format(words[place])
    else:
        other = "".join(lot.choices(_SYLLABLES, k=3))
        words[place : place + 1] = lot.choice(([], [other], [words[place], other]))
    return " ".join(words)


def keepers_of(texts: list[str], groups: list[int] | None = None) -> dict[int, int]:
    half = len(texts) // 2
    groups = groups or [0] * len(texts)
    with closing(NearDuplicates(0.75)) as near:
        for part in (slice(half), slice(half, None)):
            near.add(signatures_of([normalise(text) for text in texts[part]], groups[part]))
        return near.keepers()


def test_500_planted_near_copies_among_20_000_prompts() -> None:
    lot = random.Random(3)
    prompts = made_prompts(19_500, seed=3)
    sources = lot.sample(range(len(prompts)), 500)
    copies = [edited(prompts[source], lot) for source in sources]
    keepers = keepers_of(prompts + copies)
    found = {place: keepers.get(len(prompts) + place) for place in range(500)}
    right = sum(
        found[place] == source or normalise(copies[place]) == normalise(prompts[source])
        for place, source in enumerate(sources)
    )
    assert right >= 475  # recall of at least .95, each with its own source as the keeper
    assert not [place for place in keepers if place < len(prompts)]


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_all_alike_and_all_different(count: int) -> None:
    text = "Name the moons of Jupiter in the order in which they were found."
    assert keepers_of([text] * count) == dict.fromkeys(range(1, count), 0)
    assert keepers_of(made_prompts(count, seed=5)) == {}


def test_a_chain_of_small_steps_does_not_add_up() -> None:
    words = [f"{letter}{end}" for letter in "abcdefgh" for end in ("ab", "cd", "ef", "gh", "ij")]
    chain = []
    for step in range(20):
        words[step * 2 : step * 2 + 2] = [f"other{chr(97 + step)}", f"another{chr(97 + step)}"]
        chain.append(" ".join(words))
    keepers = keepers_of(chain)
    assert keepers
    for place, keeper in keepers.items():
        assert place - keeper <= 3  # six words apart at most
        assert keeper not in keepers


def test_long_texts_may_share_a_frame_and_ask_for_something_else() -> None:
    frame = " ".join(made_prompts(8, seed=9))
    ask = "Prove that the square root of three is irrational by descent."
    other = "List every noun above and translate it into Finnish and Basque."
    assert keepers_of([f"{frame} {ask}", f"{frame} {other}"]) == {}
    assert keepers_of([f"{frame} {ask}", f"{frame} {ask} Please!"]) == {1: 0}


def test_scripts_without_spaces_are_compared_by_pairs_of_characters() -> None:
    text = "请用三段话解释光合作用的过程，并举两个生活中的例子，最后给出一个简短的总结"
    assert keepers_of([text, text.replace("简短", "简要"), "写一首关于秋天和大海的长诗"]) == {1: 0}


def test_groups_are_not_compared() -> None:
    text = "Name the moons of Jupiter in the order in which they were found"
    assert keepers_of([text, text, f"{text} please"], [1, 2, 1]) == {2: 0}
