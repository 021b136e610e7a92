from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.text.signs import Signs


@given(st.text(max_size=40) | st.text(st.characters(codec="ascii"), max_size=40))
def test_the_answer_is_that_of_the_pattern(text: str) -> None:
    for characters in ("0-9", r"\d", r"^\W\d_", "\x00-\x08\x7f\u200b\ud800-\udfff"):
        found = re.findall(f"[{characters}]", text)
        signs = Signs(characters)
        assert signs.count_in(text) == len(found)
        assert signs.are_in(text) == bool(found)
