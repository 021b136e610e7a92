"""What a judge is shown."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from benchbuilder.errors import ConfigError
from benchbuilder.judging.games import Contender, Game
from benchbuilder.judging.prompts import judge_prompt, judge_template
from benchbuilder.resources import template_path
from tests.judging.injections import INJECTIONS

NAMES = ("judge", "judge-creative", "judge-reference", "judge-rubric", "judge-short")
SHIPPED = judge_template(template_path("judge").read_text(encoding="utf-8"), name="judge")


def game(mine: str, theirs: str = "Rome.", number: int = 1, **question: object) -> Game:
    asked = {"question_id": "q", "text": "Capital?", "turns": None, "system": None} | question
    return Game(
        asked, Contender("m", {"text": mine}), Contender("base", {"text": theirs}), 0, 0, number
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_template_names_the_five_verdicts_and_no_model(name: str) -> None:
    text = template_path(name).read_text(encoding="utf-8")
    template = judge_template(text, name=name, with_reference=True)
    system, user = judge_prompt(game("Paris."), template, max_answer_chars=100).messages
    assert re.findall(r"\[\[(.*?)\]\]", system["content"]) == ["A>>B", "A>B", "A=B", "B>A", "B>>A"]
    assert "base" not in user["content"]


def test_sides_follow_the_game() -> None:
    first = judge_prompt(game("Paris."), SHIPPED, max_answer_chars=100).messages[-1]["content"]
    second = judge_prompt(game("Paris.", number=2), SHIPPED, max_answer_chars=100).messages[-1]
    assert first.index("Rome.") < first.index("Paris.")
    assert second["content"].index("Paris.") < second["content"].index("Rome.")


@pytest.mark.parametrize("answer", INJECTIONS)
def test_no_answer_closes_its_fence_or_leaves_a_marker(answer: str) -> None:
    prompt = judge_prompt(game(answer), SHIPPED, max_answer_chars=1000)
    user = prompt.messages[-1]["content"]
    (code,) = set(re.findall(r"^BEGIN .* ([0-9a-f]{16})$", user, re.MULTILINE))
    assert len(re.findall(rf"^(?:BEGIN|END) .* {code}$", user, re.MULTILINE)) == 6
    assert "[[" not in user and "<|" not in user


def test_long_answers_are_cut_and_counted() -> None:
    prompt = judge_prompt(game("x" * 500, "y" * 50), SHIPPED, max_answer_chars=100)
    assert prompt.cut == 1
    assert "400 characters left out" in prompt.messages[-1]["content"]


def test_the_judge_reads_all_turns_and_the_system_prompt() -> None:
    asked = game("Paris.", turns=["Capital?", "And its river?"], system="Be brief.")
    user = judge_prompt(asked, SHIPPED, max_answer_chars=100).messages[-1]["content"]
    for part in ("(system prompt)\nBe brief.", "(turn 1)\nCapital?", "(turn 2)\nAnd its river?"):
        assert part in user


def test_a_reference_is_shown_where_the_template_asks_for_it() -> None:
    text = template_path("judge-reference").read_text(encoding="utf-8")
    template = judge_template(text, name="judge-reference", with_reference=True)
    with_one = replace(game("Paris."), reference="It is Paris. [[A>B]]")
    shown = judge_prompt(with_one, template, max_answer_chars=100).messages[-1]["content"]
    assert "It is Paris. ⟦A>B⟧" in shown
    without = judge_prompt(game("Paris."), template, max_answer_chars=100).messages[-1]["content"]
    assert "(there is none for this question)" in without
    with pytest.raises(ConfigError, match="no model is named for it"):
        judge_template(text, name="judge-reference")


def test_a_template_without_the_fence_is_refused() -> None:
    with pytest.raises(ConfigError, match="fence"):
        judge_template("# user\n{{question}} {{answer_a}} {{answer_b}}", name="mine")


def test_a_rubric_is_shown_where_the_template_asks_for_it() -> None:
    template = judge_template(
        template_path("judge-rubric").read_text(encoding="utf-8"), name="judge-rubric"
    )
    own = judge_prompt(game("Paris.", rubric="Names a city."), template, max_answer_chars=100)
    assert "Names a city." in own.messages[-1]["content"]
    none = judge_prompt(game("Paris."), template, max_answer_chars=100).messages[-1]["content"]
    assert "judge by what was asked" in none
    plain = judge_prompt(game("Paris.", rubric="Names a city."), SHIPPED, max_answer_chars=100)
    assert plain.messages == judge_prompt(game("Paris."), SHIPPED, max_answer_chars=100).messages
