"""A judge that is asked: one request per game, matched by name, read by the parser."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from benchbuilder.errors import ConfigError
from benchbuilder.judging.asked import AskedJudge
from benchbuilder.judging.games import Contender, Game
from benchbuilder.llm.types import Accept, Completion, Request
from benchbuilder.settings import JudgeSettings

TEMPLATE = "# user\n{{fence}} {{question}} {{answer_a}} {{answer_b}}"


def game(number: int, judge_sample: int = 0, category: str | None = None) -> Game:
    question = {"question_id": "q", "text": "?", "turns": None, "system": None}
    mine, theirs = {"text": "mine", "status": "ok"}, {"text": "theirs" * 99, "status": "ok"}
    return Game(
        question | {"category": category},
        Contender("m", mine),
        Contender("base", theirs),
        0,
        judge_sample,
        number,
    )


def first_side(requests: Sequence[Request], *, accept: Accept) -> list[Completion]:
    """Always prefers side A; answers from the last request to the first."""
    assert accept("[[A>B]]") is None
    assert accept("[[A]]") == "not one of the five verdicts: A"
    return [Completion(request.id, "ok", "[[A>B]]") for request in reversed(requests)]


def test_outcomes_come_in_the_order_of_the_games() -> None:
    seen: list[Request] = []

    def by_sample(requests: Sequence[Request], *, accept: Accept) -> list[Completion]:
        seen.extend(requests)
        said = {0: "[[A>B]]", 1: "[[B>A]]"}
        return [Completion(r.id, "ok", said[r.sample]) for r in reversed(requests)]

    judge = AskedJudge(by_sample, TEMPLATE, {}, JudgeSettings())
    found = judge([game(1, 0), game(1, 1), game(2, 1)])
    assert [outcome.verdict for outcome in found] == ["A>B", "B>A", "B>A"]
    assert [request.sample for request in seen] == [0, 1, 1]
    assert len({request.id for request in seen}) == 3


def test_no_games_make_no_call() -> None:
    def never(requests: Sequence[Request], *, accept: Accept) -> list[Completion]:
        raise AssertionError("asked for nothing")

    assert AskedJudge(never, TEMPLATE, {}, JudgeSettings())([]) == []


def test_cut_answers_are_counted_over_games() -> None:
    judge = AskedJudge(first_side, TEMPLATE, {}, JudgeSettings(max_answer_chars=50))
    judge([game(1), game(2)])
    assert judge.cut == 2


def test_a_category_with_a_template_that_does_not_fit_names_it() -> None:
    settings = JudgeSettings(templates={"prose": "mine"})
    with pytest.raises(ConfigError, match="template 'mine'"):
        AskedJudge(first_side, TEMPLATE, {"prose": "# user\nnothing"}, settings)
