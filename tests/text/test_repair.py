from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.text.repair import repair, sum_counts


@pytest.mark.parametrize(
    ("text", "repaired", "counts"),
    [
        ("plain text\twith\nbreaks", "plain text\twith\nbreaks", {}),
        ("one\r\ntwo\rthree", "one\ntwo\nthree", {"line_end": 2}),
        ("page\x0cbreak", "page\nbreak", {"line_end": 1}),
        ("a\x00b\x00", "ab", {"nul": 2}),
        ("ring\x07 the \x1bbell", "ring the bell", {"control_character": 2}),
        ("\ufeffstart", "start", {"byte_order_mark": 1}),
        ("in\u200bvisible\u2060", "invisible", {"zero_width": 2}),
        ("half \ud83d of it", "half \ufffd of it", {"lone_surrogate": 1}),
        ("whole \ud83d\ude00", "whole 😀", {"surrogate_pair": 1}),
        ("itâ€™s a cafÃ©", "it’s a café", {"mojibake": 2}),
    ],
)
def test_each_kind_is_repaired_and_counted(
    text: str, repaired: str, counts: dict[str, int]
) -> None:
    assert repair(text) == (repaired, counts)


@pytest.mark.parametrize(
    "text",
    [
        "می‌خواهم",  # Persian needs its zero-width non-joiner
        "👩‍👩‍👧 and 🏳️‍🌈",
        "Why does my page show cafÃ© and itâ€™s? Is the encoding wrong?",
        "one Ã© may be meant",
        "Ãlvaro e São João, â noite",
    ],
)
def test_what_is_meant_stays(text: str) -> None:
    assert repair(text) == (text, {})


@given(st.text(st.characters(codec=None), max_size=60))
def test_what_comes_out_can_be_stored_and_needs_no_second_repair(text: str) -> None:
    once, counts = repair(text)
    once.encode("utf-8")
    assert "\x00" not in once
    assert bool(counts) == (once != text)
    assert repair(once)[0] == once or "mojibake" in repair(once)[1]


def test_counts_add_up_in_the_order_of_their_names() -> None:
    assert list(sum_counts([{"nul": 1}, {"line_end": 2, "nul": 3}]).items()) == [
        ("line_end", 2),
        ("nul", 4),
    ]
