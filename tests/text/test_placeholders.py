from __future__ import annotations

from benchbuilder.text.placeholders import count_placeholders


def test_marks_of_a_dump_are_counted_by_kind() -> None:
    text = "NAME_1 asked NAME_2 <anonymized> <EMAIL> <|endoftext|> [INST] x [/INST]"
    assert count_placeholders(text) == {"name": 2, "anonymized": 2, "special_token": 3}


def test_plain_texts_hold_none() -> None:
    assert count_placeholders("if a < b: print(a[0]) # FILE_NAME_1x") == {}
