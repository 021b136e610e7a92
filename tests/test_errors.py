from __future__ import annotations

import pytest

from benchbuilder.errors import InputError


def test_file_and_line_lead_the_message() -> None:
    assert str(InputError("not JSON", file="a.jsonl", line=3)) == "a.jsonl:3: not JSON"


@pytest.mark.parametrize(
    ("file", "hint"),
    [
        ("my log.jsonl", "see that line: sed -n 3p 'my log.jsonl'"),
        ("votes.csv", "see that line: sed -n 3p votes.csv"),
        ("table.parquet", None),
        ("log.jsonl.gz", None),
    ],
)
def test_without_a_hint_the_next_step_is_to_look_at_the_line(file: str, hint: str | None) -> None:
    assert InputError("wrong", file=file, line=3).hint == hint
    assert InputError("wrong", file=file, line=3, hint="other").hint == "other"
    assert InputError("wrong", file=file).hint is None
