"""The three sentences at the head of a report."""

from __future__ import annotations

from typing import Any

import pytest

from benchbuilder.views.headline import headline, listed


def row(model: str, rate: float | None, low: int = 2, **more: Any) -> dict[str, Any]:
    limits = {"lower": None, "upper": None} if rate is None else {"lower": rate, "upper": rate}
    return {"model": model, "win_rate": rate, "rank_low": low, "coverage": 1.0, **limits} | more


def board(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    sides = {"baseline_first": {"games": 30}, "baseline_second": {"games": 30}}
    health = {"null_fraction": 0.0, "position_bias": 0.0} | sides | more.pop("health", {})
    return {
        "baseline": "base", "category": "all", "judges": ["j"], "questions": 30,
        "leaderboard": list(rows), "judge_health": health,
    } | more  # fmt: skip


BASE = row("base", 0.5, 1)


def leads(*rows: dict[str, Any]) -> str:
    return headline(board(*rows))[1]


def careful(**more: Any) -> str:
    return headline(board(row("m", 0.7, 1), BASE, **more))[2]


def test_one_of_a_kind_is_singular() -> None:
    said = headline(board(row("m", 0.7, 1), BASE, questions=1, category="code"))[0]
    assert said == "1 model against base on 1 question of the category code, judged by j."
    said = headline(board(BASE, questions=1200, judges=list("abcdef")))[0]
    assert said == "0 models against base on 1,200 questions, judged by a, b, c and 3 more."


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [row("m", 0.7, 1), row("base", 0.5)],
            "m leads with a win rate of 70.0%, separated from all others.",
        ),
        (
            [row("m", 0.6, 1), row("n", 0.55, 1), BASE],
            "m leads with a win rate of 60.0%, but is not separated from n and base.",
        ),
        (
            [row("base", 0.5, 1), row("m", 0.3), row("n", 0.2)],
            "No model reaches 50.0%: the baseline base leads, separated from all others.",
        ),
        (
            [row("base", 0.5, 1), row("m", 0.45, 1), row("n", 0.2)],
            "No model reaches 50.0%: the baseline base leads, but is not separated from m.",
        ),
        (
            [row("m", 0.8, 1), row("n", 0.8, 1), row("base", 0.5)],
            "m and n lead together with a win rate of 80.0%, separated from all others.",
        ),
        (
            [row("base", 0.5, 1), row("m", 0.5, 1), row("n", 0.4, 1)],
            "The baseline base and m lead together with a win rate of 50.0%, but are not separated "
            "from n.",
        ),
        (
            [row("a", 0.5, 1), row("base", 0.5, 1)],
            "a and the baseline base lead together with a win rate of 50.0%.",
        ),
        (
            [row("m", 1.0, 1, lower=None), row("base", 0.5, 1)],
            "m leads with a win rate of 100.0%; without an interval nothing is separated.",
        ),
        (
            [row("m", 0.7, 1), row("once", 0.6, 2, lower=None), row("base", 0.5)],
            "m leads with a win rate of 70.0%, but is not separated from once.",
        ),
        (
            [BASE, row("m", None), row("n", None)],
            "No model has a win rate: no game has a verdict that counts.",
        ),
        ([], "No model has a win rate: no game has a verdict that counts."),
    ],
)
def test_who_leads(rows: list[dict[str, Any]], said: str) -> None:
    assert leads(*rows) == said


def test_what_to_be_careful_about() -> None:
    assert careful() == "Every game has a verdict, and no strong preference for a side shows."
    assert careful(health={"null_fraction": 0.024, "position_bias": -0.06}) == (
        "Be careful: 2.4% of the games have no verdict; the judge prefers the second side by 6.0 "
        "points."
    )
    one = {"null_fraction": 1 / 75_000, "by_reason": {"not_recorded": 1}, "games": 75_000}
    assert careful(health=one) == "Be careful: 1 of 75,000 games has no verdict."
    short = {"model": "m", "prompts": 20, "coverage": 2 / 3}
    below = {"minimum": 0.95, "models": [short, {**short, "model": "n", "prompts": 25}]}
    assert careful(below_coverage=below) == (
        "Be careful: coverage is below 95% for m and n (m: 20 of 30 questions)."
    )
    assert careful(below_coverage={**below, "models": [short]}) == (
        "Be careful: coverage is below 95% for m (20 of 30 questions)."
    )
    assert careful(outdated=["questions", "answers"]) == (
        "Be careful: the judgments are older than the questions and answers that lie beside them."
    )


def test_one_game_a_question_leaves_the_side_unmeasured() -> None:
    assert careful(health={"position_bias": None}) == (
        "Every game has a verdict; what a side is worth to the judge was not measured."
    )
    assert "on the same side in every game" in careful(
        health={"position_bias": None, "baseline_first": {"games": 0}}
    )


def test_names_in_a_sentence() -> None:
    assert [listed("abcde"[:n]) for n in range(1, 6)] == [
        "a", "a and b", "a, b and c", "a, b, c and 1 more", "a, b, c and 2 more"
    ]  # fmt: skip
