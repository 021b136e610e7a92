from __future__ import annotations

import pytest

from benchbuilder.text.normalise import normalise, prompt_id


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Hello,  WORLD!\n", "hello world"),
        ("What is it ?", "what is it"),
        ("“Quoted” – it’s", '"quoted" - it\'s'),
        ("你好，世界！", "你好 世界"),
        ("e\u0301t\u00e9", "\u00e9te\u0301"),
        ("tab\there\u00a0and there", "tab here and there"),
    ],
)
def test_spelling_alone_makes_no_difference(left: str, right: str) -> None:
    assert normalise(left) == normalise(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("is a != b", "is a = b"),
        ("compute 5!", "compute 5"),
        ("compute n!", "compute n"),
        ("2*(3+4)", "2*3+4"),
        ("what is 1.5 + 2", "what is 15 + 2"),
        ("x²", "x2"),
        ("???", "!!!"),
    ],
)
def test_what_changes_the_meaning_stays(left: str, right: str) -> None:
    assert normalise(left) != normalise(right)


def test_an_id_is_versioned_and_stable() -> None:
    id_ = prompt_id(normalise("Why is the sky blue?"), None)
    assert id_ == prompt_id(normalise(" why is the SKY blue "), None)
    assert id_ == "p1-3119035db3636acefddc69590b0a2687"


def test_a_system_prompt_belongs_to_the_prompt() -> None:
    bare, pirate = prompt_id("hello there", None), prompt_id("hello there", "You are a pirate.")
    assert bare != pirate
    assert pirate == prompt_id("hello there", "you are a  pirate")
    assert prompt_id("a", "b") != prompt_id("b", "a")
