from __future__ import annotations

from typing import Any

import pytest

from benchbuilder.sources.conversation import Turn, prompt_position
from benchbuilder.sources.turns import parse_content, parse_turn, parse_turns


@pytest.mark.parametrize(
    ("content", "text", "images"),
    [
        ("as it is ", "as it is ", 0),
        (["one", {"type": "text", "text": "two"}], "one\ntwo", 0),
        (
            [{"type": "text", "text": "a"}, {"type": "image_url"}, {"type": "text", "text": "b"}],
            "a\nb",
            1,
        ),
        ([{"type": "image", "text": "", "image": "x.png"}], None, 1),
        ([{"type": "text", "text": {"value": "nested", "annotations": []}}], "nested", 0),
        ({"content_type": "text", "parts": ["a", None, {"asset_pointer": "x"}]}, "a", 1),
        ({"type": "text", "text": "alone"}, "alone", 0),
        ([], None, 0),
        (None, None, 0),
        (42, None, 0),
    ],
)
def test_content_in_all_its_forms(content: Any, text: str | None, images: int) -> None:
    assert parse_content(content) == (text, images)


@pytest.mark.parametrize(
    ("message", "turn"),
    [
        ({"role": "user", "content": "a"}, Turn("user", "a")),
        ({"from": "human", "value": "a"}, Turn("user", "a")),
        ({"from": "GPT", "value": "a"}, Turn("assistant", "a")),
        ({"role": "developer", "content": "a"}, Turn("system", "a")),
        ({"author": {"role": "user"}, "content": {"parts": ["a"]}}, Turn("user", "a")),
        ({"role": "model", "parts": [{"text": "a"}]}, Turn("assistant", "a")),
        ({"role": "narrator", "content": "a"}, Turn("tool", "a")),
        ({"role": "user"}, Turn("user", None)),
    ],
)
def test_messages_in_all_their_spellings(message: Any, turn: Turn) -> None:
    assert parse_turn(message) == turn


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (None, "expected a list of messages, found null"),
        (3, "found a number"),
        ("no JSON", "found null"),
        (["a"], "message 1: expected a role and content, found text"),
        ([{"role": "user", "content": "a"}, {"content": "a"}], "message 2: no role among content"),
        ([{"role": 3}], "message 1: no role"),
    ],
)
def test_what_is_no_list_of_messages_says_why(messages: Any, reason: str) -> None:
    found = parse_turns(messages)
    assert isinstance(found, str)
    assert reason in found


def test_messages_may_stand_as_json_in_a_cell() -> None:
    assert parse_turns('[{"role": "user", "content": "a"}]') == (Turn("user", "a"),)
    assert parse_turns('{"role": "user", "content": "a"}') == (Turn("user", "a"),)


def test_the_prompt_is_the_first_user_turn_that_says_something() -> None:
    assert prompt_position((Turn("system", "a"), Turn("user", " "), Turn("user", "b"))) == 2
    assert prompt_position((Turn("assistant", "a"), Turn("user", None))) is None
    assert prompt_position(()) is None
