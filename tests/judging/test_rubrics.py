"""The rubric of a question, else that of its category; and what no template shows."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest

from benchbuilder.errors import ConfigError
from benchbuilder.judging.asked import AskedJudge
from benchbuilder.judging.rubrics import demand_shown, with_rubrics
from benchbuilder.llm.types import Accept, Completion, Request
from benchbuilder.observe import Silent
from benchbuilder.schemas import QUESTIONS
from benchbuilder.settings import JudgeSettings

PLAIN = "# user\n{{fence}} {{question}} {{answer_a}} {{answer_b}}"
WITH_RUBRIC = PLAIN + " {{rubric}}"


def questions() -> pa.Table:
    rows = [
        {"question_id": "own", "text": "?", "category": "law", "rubric": "Names the paragraph."},
        {"question_id": "blank", "text": "?", "category": "law", "rubric": " "},
        {"question_id": "other", "text": "?", "category": "code"},
        {"question_id": "none", "text": "?"},
    ]
    return pa.Table.from_pylist(rows, schema=QUESTIONS.schema)


def judge(template: str = PLAIN, **templates: str) -> AskedJudge:
    def never(requests: Sequence[Request], *, accept: Accept) -> list[Completion]:
        raise AssertionError("nobody is asked")

    return AskedJudge(never, template, templates, JudgeSettings(templates=templates))


def test_a_question_without_a_rubric_gets_that_of_its_category() -> None:
    filled = with_rubrics(questions(), {"law": "Cites the law."})
    assert filled["rubric"].to_pylist() == ["Names the paragraph.", "Cites the law.", None, None]
    assert filled.schema == QUESTIONS.schema
    assert with_rubrics(questions(), {}) == questions()


def test_a_rubric_of_a_category_needs_a_template_that_shows_it() -> None:
    with pytest.raises(ConfigError, match="category 'law'") as caught:
        demand_shown(questions(), {"law": "x"}, judge(), Silent())
    assert caught.value.hint == "--set judge.templates.law=judge-rubric"
    observe = Silent()
    demand_shown(questions(), {"law": "x"}, judge(law=WITH_RUBRIC), observe)
    demand_shown(questions(), {"law": "x"}, judge(WITH_RUBRIC), observe)
    assert observe.notes == []


def test_rubrics_that_are_not_shown_are_told() -> None:
    observe = Silent()
    demand_shown(questions(), {}, judge(), observe)
    assert observe.notes == [
        "the rubric of 1 question is not shown to the judge: --set judge.template=judge-rubric"
    ]
