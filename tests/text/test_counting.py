from __future__ import annotations

import pytest

from benchbuilder.text.counting import count_of


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 games"), (1, "1 game"), (2, "2 games"), (1200, "1,200 games")]
)
def test_one_is_singular(number: int, said: str) -> None:
    assert count_of(number, "game") == said
