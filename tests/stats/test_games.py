"""Reading a judgments table."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from benchbuilder.errors import InputError, SchemaError
from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.games import games_against, read_games

from .cases import judgments


def test_levels_are_seen_from_the_model() -> None:
    games = read_games(judgments({"m": [["B>>A", "A>B"], ["A=B", "B>>A"], ["A>B", None]]}))
    assert games.level.tolist() == [0, 1, 2, 4, 3, -1]
    assert games.model_on_a.tolist() == [False, True] * 3
    assert games.record.tolist() == [0, 0, 1, 1, 2, 2]


def test_against_itself_the_game_tells_the_side() -> None:
    table = judgments({"base": [["A>B", "A>B"]]})
    assert read_games(table).level.tolist() == [3, 1]
    with pytest.raises(InputError, match="no model but the baseline"):
        games_against(table)


def test_bad_input_says_what_and_where() -> None:
    table = judgments({"m": [["B>A", "A>B"]]})
    with pytest.raises(InputError, match=r"unknown verdict 'A<>B' \(question 'p000', model 'm'\)"):
        build_battles(judgments({"m": [["A<>B", "A>B"]]}))
    with pytest.raises(InputError, match="no game was played against the baseline 'gpt-9'"):
        build_battles(table, baseline="gpt-9")
    with pytest.raises(InputError, match="no model but the baseline"):
        build_battles(judgments({"base": [["A>B", "A>B"]]}))
    with pytest.raises(InputError, match="hold no games"):
        build_battles(table.slice(0, 0))
    with pytest.raises(SchemaError, match="verdict"):
        build_battles(table.drop_columns(["verdict", "baseline"]))
    sides = table.set_column(
        table.schema.get_field_index("answer_a"), "answer_a", pa.array(["x", "m"])
    )
    with pytest.raises(InputError, match="the sides of a game are 'x' and 'm'"):
        build_battles(sides)


def test_ids_may_be_numbers_or_dictionaries() -> None:
    table = judgments({"m": [["B>A", "A>B"]], "n": [["A>B", None]]})
    encoded = table.set_column(
        table.schema.get_field_index("model"), "model", pc.dictionary_encode(table["model"])
    ).set_column(table.schema.get_field_index("question_id"), "question_id", pa.array([1, 1, 2, 2]))
    assert build_battles(encoded).prompts == ("1", "2")
