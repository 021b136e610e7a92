"""Names as models give them, good and bad."""

from __future__ import annotations

import pytest

from benchbuilder.text.short_name import parse_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"name": "SQL joins"}', "SQL joins"),
        ('```json\n{"name": "SQL joins"}\n```', "SQL joins"),
        ('{"name": ["SQL joins"]}', "SQL joins"),
        ("SQL joins", "SQL joins"),
        ('**Name:** "SQL joins."', "SQL joins"),
        ("Topic name: SQL  joins\n", "SQL joins"),
        ("《机器学习》", "《机器学习》"),
        ("C++ and C#", "C++ and C#"),
        ('{"name": "AWS: networking"}', "AWS: networking"),
    ],
)
def test_a_usable_name(text: str, name: str) -> None:
    assert parse_name(text) == (name, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no name"),
        ('{"name": ""}', "no name"),
        ('{"name": null}', "no name"),
        ('{"title": "SQL"}', "no name"),
        ('{"name": "???"}', "no name"),
        ('{"name": "Untitled"}', "no name"),
        ("[]", "no name"),
        ('{"name": {"text": "SQL"}}', "no name"),
        ('{"name": ["SQL", "Chess"]}', "several names"),
        ('["SQL", "Chess"]', "several names"),
        ("SQL\nChess", "several names"),
        ('{"name": "SQL"}\n{"name": "Chess"}', "the JSON object is broken or cut"),
        ('{"name": "SQL jo', "the JSON object is broken or cut"),
        ("A name for this group of prompts could be SQL joins", "too long"),
        ("x" * 61, "too long"),
    ],
)
def test_no_usable_name(text: str, reason: str) -> None:
    assert parse_name(text) == (None, reason)
