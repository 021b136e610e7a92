from __future__ import annotations

import pytest

from benchbuilder.text.counting import count_of, listed


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 games"), (1, "1 game"), (2, "2 games"), (1200, "1,200 games")]
)
def test_one_is_singular(number: int, said: str) -> None:
    assert count_of(number, "game") == said


def test_long_lists_of_names_end_in_a_number() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed(list("abcdef")) == "a, b, c, d, e, f", "one more is as short as its number"
    assert listed(list("abcdefg")) == "a, b, c, d, e and 2 others"
    assert listed(list("abcde"), 3) == "a, b, c and 2 others"
