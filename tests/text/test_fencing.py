"""Fences and cuts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.text.fencing import cut_middle, fence_code


@given(st.text())
def test_no_text_holds_its_own_code(text: str) -> None:
    code = fence_code(text)
    assert code not in text
    assert code == fence_code(text)
    assert fence_code(f"{text}{code}") != code


def test_the_code_depends_on_every_text_and_their_borders() -> None:
    assert fence_code("ab", "c") != fence_code("a", "bc")


@given(st.text(), st.integers(1, 30))
def test_cut_middle_keeps_both_ends(text: str, most: int) -> None:
    shown, left_out = cut_middle(text, most)
    assert left_out == max(0, len(text) - most)
    if left_out:
        assert shown.startswith(text[: most - most // 2])
        assert shown.endswith(text[len(text) - most // 2 :])
        assert len(shown) <= most + 60
    else:
        assert shown == text
