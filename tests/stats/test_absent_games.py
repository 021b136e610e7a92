"""Games that are not there: a hole where the judge plays both sides, nothing where it plays one."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from benchbuilder.stats.absent_games import absent_games
from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.judge_health import judge_health

from .cases import judgments


def without(table: pa.Table, model: str, question: str, game: int) -> pa.Table:
    """The judgments less one game."""
    gone = pc.and_(
        pc.and_(pc.equal(table["model"], model), pc.equal(table["question_id"], question)),
        pc.equal(table["game"], game),
    )
    return table.filter(pc.invert(gone))


@pytest.fixture
def holed() -> pa.Table:
    """Two models on three questions; the second game of `m` on the second is not there."""
    pairs = [["B>A", "A>B"], ["B>A", "A>B"], ["A=B", "A=B"]]
    return without(judgments({"m": pairs, "n": pairs}), "m", "p001", 2)


def test_an_absent_game_is_a_null_game(holed: pa.Table) -> None:
    battles = build_battles(holed)
    assert battles.models == ("m", "n")
    assert battles.used.tolist() == [2, 3]
    assert battles.null_games.tolist() == [1, 0]
    assert battles.coverage.tolist() == [pytest.approx(2 / 3), 1.0]
    assert build_battles(holed, null_game="keep").used.tolist() == [3, 3]


def test_an_absent_game_and_a_null_verdict_are_one_to_the_numbers(holed: pa.Table) -> None:
    said = judgments({"m": [["B>A", "A>B"], ["B>A", None], ["A=B", "A=B"]],
                      "n": [["B>A", "A>B"], ["B>A", "A>B"], ["A=B", "A=B"]]})  # fmt: skip
    absent, null = build_battles(holed), build_battles(said)
    for name in ("score", "weight", "votes", "asked", "null_games"):
        assert getattr(absent, name).tolist() == getattr(null, name).tolist()


def test_the_health_of_the_judge_names_the_reason(holed: pa.Table) -> None:
    health = judge_health(holed)
    assert (health.games, health.pairs) == (12, 5)
    assert health.by_reason == {"not_recorded": 1}
    assert health.null_fraction == pytest.approx(1 / 12)


def test_the_added_row_has_its_sides_swapped(holed: pa.Table) -> None:
    absent = absent_games(holed)
    (row,) = absent.to_pylist()
    assert (row["question_id"], row["game"]) == ("p001", 2)
    assert (row["answer_a"], row["answer_b"]) == ("m", "base")
    assert (row["verdict"], row["status"]) == (None, "not_recorded")
    assert absent.schema == holed.schema
    assert absent_games(pa.concat_tables([holed, absent])).num_rows == 0


def test_one_game_a_question_is_no_hole() -> None:
    """``positions: alternate``, and AlpacaEval's files."""
    both = judgments({"m": [["B>A", "A>B"]] * 4})
    alternate = both.filter(pa.array([True, False, False, True] * 2))
    assert absent_games(alternate).num_rows == 0
    assert build_battles(alternate).used.tolist() == [4]
    assert judge_health(alternate).by_reason == {}


def test_each_judge_has_its_own_way_of_playing(holed: pa.Table) -> None:
    both = judgments({"m": [["B>A", "A>B"]] * 3}, judge="alternating")
    alternating = both.filter(pa.array([True, False, False, True, True, False]))
    found = absent_games(pa.concat_tables([holed, alternating])).to_pylist()
    assert [row["judge"] for row in found] == ["judge"]


def test_the_baseline_against_itself_has_one_game_and_no_hole(holed: pa.Table) -> None:
    own = without(judgments({"base": [["A=B", "A=B"]]}), "base", "p000", 2)
    assert absent_games(pa.concat_tables([holed, own])).num_rows == 1


def test_a_table_without_numbers_of_games_is_enough(holed: pa.Table) -> None:
    bare = holed.select(["question_id", "model", "baseline", "answer_a", "answer_b", "verdict"])
    assert build_battles(bare).used.tolist() == [2, 3]
