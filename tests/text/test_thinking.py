"""Thinking split from answers."""

from __future__ import annotations

import pytest

from benchbuilder.text.thinking import split_thinking


@pytest.mark.parametrize(
    ("text", "answer", "thinking", "closed"),
    [
        ("Yes.", "Yes.", None, True),
        ("<think>hm</think>\n\nYes.", "Yes.", "hm", True),
        ("\n<think>\n\n</think>\nYes.", "Yes.", "", True),
        ("<thinking>hm</thinking> Yes.", "Yes.", "hm", True),
        ("[THINK]hm[/THINK]Yes.", "Yes.", "hm", True),
        ("<think>never ends", "", "never ends", False),
        ("hm, so\n</think>\nYes.", "Yes.", "hm, so", True),
        ("Some write <think>x</think> first.", "Some write <think>x</think> first.", None, True),
        ("The tag </think> closes it.", "The tag </think> closes it.", None, True),
    ],
)
def test_split(text: str, answer: str, thinking: str | None, closed: bool) -> None:
    assert split_thinking(text) == (answer, thinking, closed)
