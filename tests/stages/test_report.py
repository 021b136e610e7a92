"""Cases that reports of other tools have stumbled over."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.errors import InputError
from benchbuilder.observe import Silent
from benchbuilder.schemas import BREAKDOWN, JUDGMENTS, LEADERBOARD, PAIRS, QUESTIONS
from benchbuilder.settings import ReportSettings
from benchbuilder.stages.report import report
from tests.views.html.games import games, people


def boards(
    tables: dict[str, pa.Table], *, answers: bool = True, questions: bool = True, **given: Any
) -> tuple[list[dict[str, Any]], list[str]]:
    known = set(given) & set(ReportSettings.model_fields)
    settings = {name: given.pop(name) for name in sorted(known)}
    observe = Silent()
    report(
        tables["judgments"],
        tables["answers"] if answers else None,
        tables["questions"] if questions else None,
        settings=ReportSettings(**{"rounds": 100, **settings}),
        observe=observe,
        **given,
    )
    return observe.figures["boards"], observe.notes


def column(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    field = table.schema.field(name)
    return table.set_column(table.column_names.index(name), field, pa.array(values, field.type))


@pytest.mark.parametrize("style", [("length",), ("markdown",), ("length", "markdown")])
def test_style_control_gives_every_model_its_own_score(style: tuple[str, ...]) -> None:
    (board,), _ = boards(games(models=4, questions=40), style=style)
    rates = board["style"]["win_rate"]
    assert len(rates) == 4
    assert len({round(rate, 6) for rate in rates.values()}) == 4
    for model, rate in rates.items():
        assert board["style"]["lower"][model] < rate < board["style"]["upper"][model]
    alone = board["style"]["length_control"]
    assert (alone is None) is ("length" not in style)
    assert alone is None or alone.keys() == rates.keys()


def test_intervals_at_equal_style_are_resampled_unless_wald_is_asked_for() -> None:
    tables = games(models=4, questions=40)
    fast, exact, wald = (
        boards(tables, style=("length",), **given)[0][0]["style"]
        for given in ({}, {"style_exact": True}, {"interval": "wald"})
    )
    assert fast["win_rate"] == exact["win_rate"] == wald["win_rate"]
    for model, lower in fast["lower"].items():
        assert lower == pytest.approx(exact["lower"][model], abs=0.02)
        assert lower == pytest.approx(wald["lower"][model], abs=0.1)
        assert lower != wald["lower"][model]


def test_the_fine_print_names_the_kinds_of_intervals() -> None:
    rows = games_of("won", "base", on("code", 40))
    for row in games_of("most", "base", on("code", 40)):
        lost = row["question_id"] in on("code", 3)
        rows.append({**row, "verdict": ("A>B", "B>A")[row["game"] - 1]} if lost else row)
    judgments = pa.Table.from_pylist(rows, schema=JUDGMENTS.schema)

    def said(**given: Any) -> str:
        (board,), _ = boards({"judgments": judgments}, answers=False, questions=False, **given)
        return str(board["settings"]["interval"])

    assert said() == (
        "95 %, half-prompt near 0 and 1 or with few wins or losses, "
        "Clopper-Pearson where all games were won or lost"
    )
    assert said(interval="wald") == "95 %, estimate ± z · error"
    middle, _ = boards(games(models=4, questions=200))
    assert "prompts resampled" in middle[0]["settings"]["interval"]


def test_style_control_says_that_it_resamples_prompts() -> None:
    tables = games(models=4, questions=40)
    said = "intervals at equal style resample prompts, not topics: they may be too narrow"
    assert said in boards(tables, style=("length",), resample="topic")[1]
    assert said not in boards(tables, style=("length",))[1]


def test_two_categories_are_two_leaderboards_beside_the_whole() -> None:
    found, _ = boards(games(questions=24, categories=2))
    assert [board["category"] for board in found] == ["all", "category 0", "category 1"]
    assert [board["questions"] for board in found] == [24, 12, 12]


def test_a_constant_style_feature_is_dropped_with_a_note() -> None:
    tables = games(models=4, questions=40)
    zero = [0] * tables["answers"].num_rows
    tables["answers"] = column(tables["answers"], "bold", zero)
    (board,), notes = boards(tables, style=("length", "markdown"))
    assert "bold" not in board["style"]["coefficients"]
    assert any("bold" in note and "left out" in note for note in notes), notes
    assert "NaN" not in json.dumps(board), "null, never NaN"


def test_answers_of_length_zero_are_no_nan() -> None:
    tables = games(models=4, questions=40)
    tables["answers"] = column(tables["answers"], "tokens", [0] * tables["answers"].num_rows)
    (board,), _ = boards(tables, style=("length",))
    assert board["style"]["shift"] is None
    assert board["style"]["reason"]
    json.dumps(board, allow_nan=False)


def test_two_judges_weigh_the_same_whatever_survived() -> None:
    tables = games(models=3, questions=30, judges=("judge-1", "judge-2"), nulls=0.0)
    rows = tables["judgments"].to_pylist()
    lost = [row["judge"] == "judge-2" and int(row["question_id"][1:]) % 3 == 0 for row in rows]
    kept = [None if gone else row["verdict"] for row, gone in zip(rows, lost, strict=True)]
    tables["judgments"] = column(tables["judgments"], "verdict", kept)
    (board,), _ = boards(tables)
    assert "equal weight" in board["settings"]["judges"]
    assert board["judge_health"]["null_fraction"] == pytest.approx(1 / 6)
    assert board["judge_agreement"]["alpha"] is not None


def test_a_model_that_never_wins_has_a_finite_interval() -> None:
    tables = games(models=2, questions=30, nulls=0.0)
    lost = {1: "A>>B", 2: "B>>A"}
    verdicts = [
        lost[row["game"]] if row["model"] == "model-01" else row["verdict"]
        for row in tables["judgments"].to_pylist()
    ]
    tables["judgments"] = column(tables["judgments"], "verdict", verdicts)
    (board,), _ = boards(tables)
    row = next(row for row in board["leaderboard"] if row["model"] == "model-01")
    assert (row["win_rate"], row["lower"]) == (0.0, 0.0)
    assert 0 < row["upper"] < 0.2
    assert "no finite value" in row["note"]


def test_the_same_report_twice_is_the_same_to_the_last_digit() -> None:
    first, second = (boards(games(questions=30), style=("length",)) for _ in range(2))
    assert json.dumps(first) == json.dumps(second)


def test_names_are_matched_by_the_map_and_never_guessed() -> None:
    tables = games(models=4, questions=24)
    ranking = people(["Model 1", "model-02", "MODEL-03"])
    (board,), _ = boards(tables, human=ranking, names={"model-01": "Model 1"})
    human = board["human"]
    assert set(human["models"]) == {"model-01", "model-02"}
    assert "model-03" in human["unmatched_models"]
    assert set(human["unmatched_human"]) == {"MODEL-03", "known to people only"}


def test_a_ranking_without_common_models_is_an_error_with_the_next_step() -> None:
    with pytest.raises(InputError, match="no model of the leaderboard") as caught:
        boards(games(models=2, questions=4), human=people(["somebody"]))
    assert "--names" in str(caught.value.hint)


def test_the_tables_have_their_schemas_and_name_their_board() -> None:
    tables = games(models=3, questions=24, categories=2)
    made = report(
        tables["judgments"], tables["answers"], tables["questions"],
        settings=ReportSettings(rounds=50), observe=Silent(),
    )  # fmt: skip
    assert {name: table.schema for name, table in made.items()} == {
        artifact.name: artifact.schema for artifact in (LEADERBOARD, PAIRS, BREAKDOWN)
    }
    assert made["leaderboard"].num_rows == 3 * 4
    assert made["pairs"].num_rows == 3 * 3
    for row in made["leaderboard"].to_pylist():
        answered = 24 if row["category"] == "all" else 12
        assert row["cost_usd"] == pytest.approx(0.001 * answered), "of the answers that count"


def games_of(
    model: str, baseline: str, questions: list[str], *, null: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """The model wins both games, but for questions without a verdict."""
    return [
        {
            "question_id": name, "model": model, "answer_sample": 0, "baseline": baseline,
            "judge": "j", "judge_sample": 0, "game": game,
            "answer_a": (baseline, model)[game - 1], "answer_b": (model, baseline)[game - 1],
            "verdict": None if name in null else ("B>A", "A>B")[game - 1],
            "status": "missing_answer" if name in null else "ok",
        }
        for name in questions
        for game in (1, 2)
    ]  # fmt: skip


def asked(**categories: int) -> pa.Table:
    rows = [
        {"question_id": f"{category}-{n}", "text": "?", "category": category}
        for category, count in categories.items()
        for n in range(count)
    ]
    return pa.Table.from_pylist(rows, schema=QUESTIONS.schema)


def on(category: str, count: int) -> list[str]:
    return [f"{category}-{n}" for n in range(count)]


def documents(
    rows: list[dict[str, Any]], questions: pa.Table
) -> tuple[list[dict[str, Any]], list[str]]:
    judgments = pa.Table.from_pylist(rows, schema=JUDGMENTS.schema)
    return boards({"judgments": judgments, "questions": questions}, answers=False)


def coverage(document: dict[str, Any]) -> dict[str, tuple[int, float]]:
    return {r["model"]: (r["prompts"], r["coverage"]) for r in document["leaderboard"]}


def test_a_baseline_of_a_category_is_measured_on_that_category() -> None:
    rows = games_of("m", "coder", on("code", 6)) + games_of("m", "poet", on("poem", 4))
    (of_coder, of_poet), notes = documents(rows, asked(code=6, poem=4))
    assert (of_coder["questions"], of_poet["questions"]) == (6, 4)
    assert coverage(of_coder) == {"m": (6, 1.0), "coder": (6, 1.0)}
    assert coverage(of_poet) == {"m": (4, 1.0), "poet": (4, 1.0)}
    assert notes == []


def test_a_category_that_nobody_played_is_said() -> None:
    rows = games_of("m", "coder", on("code", 6)) + games_of("m", "poet", on("poem", 3))
    (_, of_poet), notes = documents(rows, asked(code=6, poem=4, law=2))
    assert coverage(of_poet)["m"] == (3, 0.75)
    assert notes == ["2 questions left out: no game of the category (law)"]
    (alone,), notes = documents(rows[:12], asked(code=6, law=2))
    assert coverage(alone)["m"] == (6, 0.75), "with one baseline every question is meant for it"
    assert notes == []


def test_the_coverage_of_the_baseline_is_measured() -> None:
    gone = ("code-0", "code-1")
    rows = games_of("m", "base", on("code", 8), null=gone)
    rows += games_of("n", "base", on("code", 8), null=gone)
    (board,), _ = documents(rows, asked(code=8))
    assert coverage(board)["base"] == (6, 0.75)


def test_games_that_are_not_there_are_told_and_counted() -> None:
    rows = games_of("m", "base", on("code", 8))
    (board,), notes = documents(rows[:-1], asked(code=8))
    assert coverage(board)["m"] == (7, 0.875)
    assert board["judge_health"]["by_reason"] == {"not_recorded": 1}
    assert notes == [
        "1 game not there, though j played both sides (first: m on code-7, game 2): "
        "counted as without a verdict"
    ]


def test_games_on_other_questions_count_for_nothing() -> None:
    rows = games_of("m", "base", on("code", 8))
    (board,), notes = documents(rows, asked(code=6))
    assert (board["questions"], board["games"]) == (6, 12)
    assert notes == ["left out: 4 games on questions that are not in this set"]
