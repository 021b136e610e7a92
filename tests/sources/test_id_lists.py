from __future__ import annotations

from pathlib import Path

import pytest

from benchbuilder.errors import InputError
from benchbuilder.sources.id_lists import parse_listed, read_id_lists


@pytest.mark.parametrize(
    ("line", "parsed"),
    [
        ("p1-aa", ("p1-aa", None)),
        ("  p1-aa  # names a colleague", ("p1-aa", None)),
        ("", None),
        ("# ids of June", None),
        ('{"prompt_id": "p1-aa", "reason": "rude"}', ("p1-aa", "rude")),
        ('{"question_id": 7}', ("7", None)),
        ('{"text": "hello"}', "no id: expected one of prompt_id, question_id, conversation_id, id"),
    ],
)
def test_a_line_is_an_id_an_object_or_a_comment(line: str, parsed: object) -> None:
    assert parse_listed(line) == parsed


def test_lists_are_joined_and_the_first_mention_counts(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    (tmp_path / "b.jsonl").write_text('{"id": "two", "reason": "late"}\n{"id": "3", "reason": "x"}')
    listed = read_id_lists([tmp_path / "a.txt", tmp_path / "b.jsonl"])
    assert listed == {"one": "a.txt", "two": "a.txt", "3": "b.jsonl: x"}


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('one\n{"id": \n')
    with pytest.raises(InputError, match=r"a\.jsonl:2: not JSON"):
        read_id_lists([tmp_path / "a.jsonl"])
    with pytest.raises(InputError, match="no such list"):
        read_id_lists([tmp_path / "gone"])


def test_a_list_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\nt\xffo\n")
    with pytest.raises(InputError, match=r"a\.txt: not UTF-8 text: byte 6") as caught:
        read_id_lists([tmp_path / "a.txt"])
    assert "iconv" in str(caught.value.hint)
    (tmp_path / "b.txt").write_bytes(b"\xef\xbb\xbfone\n")
    assert read_id_lists([tmp_path / "b.txt"]) == {"one": "b.txt"}, "a mark of Windows editors"
