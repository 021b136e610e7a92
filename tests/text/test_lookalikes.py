"""Texts as an eye reads them."""

from __future__ import annotations

import pytest

from benchbuilder.text.lookalikes import as_seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain [A] > B", "plain [A] > B"),
        ("\u0410\u0412 \u0391\u0392 \uff21\uff22 \U0001d400\U0001d401", "AB AB AB AB"),
        ("A\u200b\u00ad\u2060\ufeff\ufe0f\U000e0041B", "AB"),
        ("\uff1e \ufe65 \uff1d", "> > ="),
        ("\u00e4 \u65e5\u672c \u0434\u0430", "\u00e4 \u65e5\u672c \u0434a"),
    ],
)
def test_what_cannot_be_told_apart_is_made_the_same(text: str, seen: str) -> None:
    assert as_seen(text) == seen
