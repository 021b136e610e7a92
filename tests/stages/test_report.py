"""Cases that reports of other tools have stumbled over."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.errors import InputError
from benchbuilder.observe import Silent
from benchbuilder.schemas import BREAKDOWN, LEADERBOARD, PAIRS
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
