"""``validate selection``, ``validate prompts`` and ``plan-size`` on the demo's judgments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from benchbuilder.cli import app
from benchbuilder.errors import InputError
from benchbuilder.resources import demo_path

DEMO = demo_path()
JUDGMENTS, QUESTIONS = DEMO / "judgments.jsonl", DEMO / "questions.jsonl"
RANKING = DEMO / "author_rankings.tsv"


def text_of(*arguments: object) -> str:
    """What the command prints on standard output; it must succeed."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def json_of(*arguments: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text_of(*arguments, "--json"))
    return document


def ids() -> list[str]:
    return [json.loads(line)["question_id"] for line in QUESTIONS.read_text().splitlines()]


@pytest.fixture
def selection(tmp_path: Path) -> Path:
    path = tmp_path / "chosen.txt"
    path.write_text("\n".join(ids()[:20]) + "\n")
    return path


def test_a_selection_of_the_demo(selection: Path) -> None:
    document = json_of(
        "validate", "selection", JUDGMENTS, "--selection", selection, "--questions", QUESTIONS,
        "--human", RANKING, "--draws", 10,
    )  # fmt: skip
    (board,) = document["boards"]
    assert (board["baseline"], board["judge"]) == ("demo-baseline", "recorded-llm")
    assert (board["selected"], board["pool"], board["models"]) == (20, 60, 6)
    assert len(board["human_models"]) == 4
    assert set(board["left_out"]) == {"easiest"}
    assert {c["kind"] for c in board["comparisons"]} == {"random", "length_matched", "unselected"}
    for comparison in board["comparisons"]:
        assert comparison["verdict"] in ("gain", "loss", "undecided")
        assert comparison["lower"] <= comparison["difference"] <= comparison["upper"]


def test_the_highest_scores_are_selected_and_ties_broken_by_probability(tmp_path: Path) -> None:
    rows = [
        {"prompt_id": name, "quality_score": place % 3, "p_complexity": place / 100}
        for place, name in enumerate(ids()[:50])
    ]
    scores = tmp_path / "scores.jsonl"
    scores.write_text("\n".join(map(json.dumps, rows)))
    document = json_of(
        "validate", "selection", JUDGMENTS, "--scores", scores, "--size", 10, "--draws", 4
    )
    assert document["boards"][0]["selected"] == 10
    assert document["boards"][0]["overlap"]["easiest"] == 0
    assert document["notes"] == ["10 judged prompts have no score: they cannot be selected"]


def test_the_tables_of_a_selection_fit_80_columns(selection: Path) -> None:
    shown = text_of("validate", "selection", JUDGMENTS, "--selection", selection, "--draws", 4)
    assert "20 selected of 60 judged prompts" in " ".join(shown.split())
    assert "left out: Against the lowest scores: not enough prompts have a score" in shown
    rows = [line.split() for line in shown.splitlines() if "separated, paired" in line]
    assert [len(row) for row in rows] == [9, 9]


def test_without_a_selection_the_error_says_what_to_give() -> None:
    done = CliRunner().invoke(app, ["validate", "selection", str(JUDGMENTS)])
    assert isinstance(done.exception, InputError)
    assert done.exception.hint == "give --selection FILE, or --scores FILE and --size N"


def test_a_plan_from_the_demo() -> None:
    (plan,) = json_of("plan-size", JUDGMENTS, "--sizes", "30,240", "--width", "0.1")["plans"]
    assert (plan["baseline"], plan["models"], plan["pilot_prompts"]) == ("demo-baseline", 6, 60)
    assert [row["prompts"] for row in plan["plan"]] == [30, 60, 240]
    small, own, large = plan["plan"]
    assert own["calls"] == 720
    assert large["interval_width"] == pytest.approx(own["interval_width"] / 2)
    assert small["separability"] < own["separability"] < large["separability"]
    assert own["tokens"] is own["judging_usd"] is own["answering_usd"] is None
    assert plan["needed"]["interval_width"] <= 0.1
    assert plan["needed"]["calls"] == 12 * plan["needed"]["prompts"]


def test_tokens_give_a_price_and_games_nobody_was_asked_about_do_not_count(tmp_path: Path) -> None:
    games = [json.loads(line) for line in JUDGMENTS.read_text().splitlines()]
    for place, game in enumerate(games):
        game["tokens"] = None if place % 9 == 0 else 1000
    games[5] |= {"text": None, "status": "missing_answer"}
    path = tmp_path / "judgments.jsonl"
    path.write_text("\n".join(map(json.dumps, games)))
    arguments = ("plan-size", path, "--sizes", "60", "--usd-per-million-tokens", "2")
    (plan,) = json_of(*arguments)["plans"]
    (row,) = plan["plan"]
    assert row["calls"] == 719
    assert row["tokens"] == pytest.approx(719_000)
    assert row["judging_usd"] == pytest.approx(1.438)
    assert "$1.44" in text_of(*arguments)


def test_sizes_are_numbers() -> None:
    done = CliRunner().invoke(app, ["plan-size", str(JUDGMENTS), "--sizes", "many"])
    assert done.exit_code == 2
    assert "expected numbers of prompts" in done.output


def test_how_much_each_prompt_of_the_demo_separates(tmp_path: Path) -> None:
    rows = json_of("validate", "prompts", JUDGMENTS, "--out", tmp_path / "p.csv")["prompts"]
    assert {row["question_id"] for row in rows} == set(ids())
    values = [row["discrimination"] for row in rows if row["discrimination"] is not None]
    assert values == sorted(values, reverse=True)
    assert all((row["discrimination"] is None) == (row["note"] is not None) for row in rows)
    assert len((tmp_path / "p.csv").read_text().splitlines()) == 61
    shown = text_of("validate", "prompts", JUDGMENTS)
    assert "60 prompts against demo-baseline" in shown
    assert "Least discriminating" in shown
    assert max(map(len, shown.splitlines())) <= 80
