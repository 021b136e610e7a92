"""Judgments of earlier, played again."""

from __future__ import annotations

import pyarrow as pa
import pytest

from benchbuilder.errors import InputError
from benchbuilder.judging.games import Contender, Game
from benchbuilder.judging.outcome import Outcome
from benchbuilder.judging.recorded import recorded_judge
from benchbuilder.schemas import JUDGMENTS

ROW = {
    "question_id": "q",
    "model": "m",
    "answer_sample": 0,
    "baseline": "base",
    "judge": "j",
    "judge_sample": 0,
    "game": 1,
    "answer_a": "base",
    "answer_b": "m",
    "verdict": "A>B",
    "status": "ok",
}


def table(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist([ROW | row for row in rows], schema=JUDGMENTS.schema)


def game(number: int = 1, question: str = "q") -> Game:
    yes = {"text": "yes", "status": "ok"}
    return Game(
        {"question_id": question}, Contender("m", yes), Contender("base", yes), 0, 0, number
    )


def test_a_game_is_found_by_its_key_and_a_missing_one_is_said() -> None:
    judge = recorded_judge(table({}, {"game": 2, "verdict": "B>>A"}))
    assert judge.name == "j"
    found = judge([game(2), game(1), game(1, "other")])
    assert [outcome.verdict for outcome in found] == ["B>>A", "A>B", None]
    assert found[2].status == "not_recorded"


def test_a_kept_text_is_parsed_anew() -> None:
    judge = recorded_judge(
        table({"text": "[[B>A]]"}, {"game": 2, "verdict": None, "text": "[[A>>>B]]"})
    )
    first, second = judge([game(1), game(2)])
    assert (first.verdict, first.status) == ("B>A", "ok")
    assert second == Outcome(
        "parse_error", None, "not one of the five verdicts: A>>>B", "[[A>>>B]]"
    )


def test_a_preference_is_played_again() -> None:
    (outcome,) = recorded_judge(table({"preference": 0.25}))([game(1)])
    assert outcome == Outcome("ok", "A>B", preference=0.25)


def test_a_recorded_failure_stays_one() -> None:
    judge = recorded_judge(table({"verdict": None, "status": "refused", "detail": "no"}))
    assert judge([game()]) == [Outcome("refused", None, "no")]


@pytest.mark.parametrize(
    ("rows", "judge", "message"),
    [
        ([{}, {}], None, "hold a game twice"),
        ([{}, {"judge": "k"}], None, "are of 2 judges: j, k"),
        ([{}], "k", "no recorded judgments of the judge 'k'"),
        ([], None, "are empty"),
    ],
)
def test_what_cannot_be_replayed(
    rows: list[dict[str, object]], judge: str | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        recorded_judge(table(*rows), judge)


def test_one_of_several_judges_is_picked() -> None:
    judge = recorded_judge(table({}, {"judge": "k", "verdict": "A=B"}), "k")
    assert judge([game()])[0].verdict == "A=B"
