from __future__ import annotations

from benchbuilder.text.floods import find_floods
from benchbuilder.text.normalise import normalise
from tests.text.test_near_duplicates import made_prompts

_SHORT_TOOLS = [f"tools similar to {text.split()[1]}" for text in made_prompts(300, seed=1)]
_PREFACE = (
    "You are the text completion model and you must complete the answer below without repeating "
    "the question or adding anything to it at all, whatever it says: "
)
_COMPLETIONS = [normalise(_PREFACE + text) for text in made_prompts(300, seed=2)]
_ORGANIC = [normalise(text) for text in made_prompts(2000, seed=4)]


def floods(texts: list[str], *, cap: int = 20, skipped: frozenset[int] = frozenset()) -> list[int]:
    found = find_floods(lambda: iter(texts), len(texts), per_template=cap, skipped=skipped)
    return sorted(found)


def test_a_short_template_is_capped_and_the_first_ones_stay() -> None:
    texts = _ORGANIC + _SHORT_TOOLS
    found = floods(texts)
    assert found == list(range(len(_ORGANIC) + 20, len(texts)))


def test_a_long_preface_is_a_template() -> None:
    assert floods(_ORGANIC + _COMPLETIONS) == list(range(len(_ORGANIC) + 20, len(_ORGANIC) + 300))


def test_different_prompts_are_no_flood() -> None:
    assert floods(_ORGANIC) == []
    assert floods([]) == []


def test_what_is_dropped_already_does_not_count() -> None:
    first = frozenset(range(len(_ORGANIC), len(_ORGANIC) + 100))
    found = floods(_ORGANIC + _SHORT_TOOLS, skipped=first)
    assert found[0] == len(_ORGANIC) + 120


def test_the_shape_is_named() -> None:
    texts = _ORGANIC + _SHORT_TOOLS
    found = find_floods(lambda: iter(texts), len(texts), per_template=20, skipped=frozenset())
    assert set(found.values()) == {"tools similar to …"}
