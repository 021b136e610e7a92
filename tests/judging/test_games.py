"""Who plays whom, and on which side."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.judging.games import Game, obstacle, plan_games
from benchbuilder.schemas import ANSWERS, QUESTIONS


def questions(*ids: str, category: str | None = None) -> pa.Table:
    rows = [{"question_id": name, "text": f"{name}?", "category": category} for name in ids]
    return pa.Table.from_pylist(rows, schema=QUESTIONS.schema)


def answers(*rows: tuple[str, str] | dict[str, Any]) -> pa.Table:
    full = [
        row if isinstance(row, dict) else {"model": row[0], "question_id": row[1]} for row in rows
    ]
    full = [{"sample": 0, "text": "yes", "status": "ok"} | row for row in full]
    return pa.Table.from_pylist(full, schema=ANSWERS.schema)


def sides(game: Game) -> tuple[str, str]:
    return game.sides[0].model, game.sides[1].model


def test_two_games_with_sides_swapped() -> None:
    games = list(plan_games(questions("q"), answers(("base", "q"), ("m", "q")), baseline="base"))
    assert [(game.number, sides(game)) for game in games] == [
        (1, ("base", "m")),
        (2, ("m", "base")),
    ]
    assert games[0].key() == {
        "question_id": "q",
        "model": "m",
        "answer_sample": 0,
        "baseline": "base",
        "judge_sample": 0,
        "game": 1,
        "answer_a": "base",
        "answer_b": "m",
    }


@pytest.mark.parametrize(
    ("row", "status"),
    [
        (None, "missing_answer"),
        ({"text": None, "status": "empty"}, "empty_answer"),
        ({"text": None, "status": "timeout"}, "failed_answer"),
        ({"status": "truncated"}, None),
        ({"status": "refused", "text": "I will not."}, None),
    ],
)
@pytest.mark.parametrize("who", ["m", "base"])
def test_a_hole_is_a_game_with_an_obstacle(
    who: str, row: dict[str, Any] | None, status: str | None
) -> None:
    other = "base" if who == "m" else "m"
    given: list[tuple[str, str] | dict[str, Any]] = [(other, "q1"), ("base", "q2"), ("m", "q2")]
    if row is not None:
        given.append({"model": who, "question_id": "q1"} | row)
    games = list(plan_games(questions("q1", "q2"), answers(*given), baseline="base"))
    assert len(games) == 4
    found = [obstacle(game) for game in games if game.question["question_id"] == "q1"]
    assert [hindrance and hindrance.status for hindrance in found] == [status, status]
    assert all(hindrance is None or who in hindrance.detail for hindrance in found)


def test_alternating_sides_are_balanced_and_the_same_for_all_models() -> None:
    ids = [f"q{n}" for n in range(10)]
    given = [(model, name) for model in ("base", "m", "n") for name in ids]
    games = list(
        plan_games(questions(*ids), answers(*given), baseline="base", positions="alternate")
    )
    numbers = {model: [g.number for g in games if g.model.model == model] for model in ("m", "n")}
    assert numbers["m"] == numbers["n"]
    assert Counter(numbers["m"]) == {1: 5, 2: 5}


def test_categories_have_baselines_of_their_own() -> None:
    asked = pa.concat_tables([questions("q1", category="code"), questions("q2", category="prose")])
    given = answers(*((model, name) for model in ("x", "y", "m") for name in ("q1", "q2")))
    games = plan_games(asked, given, baseline="x", baselines={"prose": "y"})
    played = {(g.question["question_id"], g.model.model, g.baseline.model) for g in games}
    assert played == {
        ("q1", "y", "x"),
        ("q1", "m", "x"),
        ("q2", "x", "y"),
        ("q2", "m", "y"),
    }


def test_samples_of_answers_and_of_judgments_multiply() -> None:
    given = answers(("base", "q"), ("m", "q"), {"model": "m", "question_id": "q", "sample": 1})
    games = list(plan_games(questions("q"), given, baseline="base", judge_samples=3))
    assert len({game.name for game in games}) == len(games) == 2 * 3 * 2


def test_the_baseline_against_itself_plays_one_game() -> None:
    given = answers(("base", "q"), ("m", "q"))
    games = list(plan_games(questions("q"), given, baseline="base", self_play=True))
    assert [sides(game) for game in games if game.model.model == "base"] == [("base", "base")]


def test_the_reference_model_lends_its_answers_and_does_not_play() -> None:
    given = answers(("base", "q1"), ("m", "q1"), ("ref", "q1"), ("base", "q2"), ("m", "q2"))
    games = list(plan_games(questions("q1", "q2"), given, baseline="base", reference="ref"))
    assert {game.model.model for game in games} == {"m"}
    assert {(game.question["question_id"], game.reference) for game in games} == {
        ("q1", "yes"),
        ("q2", None),
    }
