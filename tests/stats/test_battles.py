"""From judgments to the matrices S and W."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.errors import InputError
from benchbuilder.stats.battles import battles_from_scores, build_battles, select_prompts

from .cases import HAND, HAND_BATTLES, hand_battles, judgments, random_judgments


@pytest.mark.parametrize("name", HAND_BATTLES)
def test_hand_cases(name: str) -> None:
    battles = hand_battles(name)
    assert set(battles.models) == set(HAND[name]["verdicts"])
    for row, model in enumerate(battles.models):
        expected = HAND[name]["expected"][model]
        assert battles.used[row] == expected["n"]
        assert battles.dropped[row] == expected["dropped"]
        if expected["n"]:
            assert Fraction(battles.score[row].sum()) == Fraction(expected["S"])
            assert battles.weight[row].sum() == expected["W"]


def test_a_verdict_counts_for_the_model_that_stood_on_the_side() -> None:
    # A>B in the second game, where the model stands on side A, is its win.
    battles = build_battles(judgments({"m": [["A=B", "A>B"]]}))
    assert battles.score.tolist() == [[1.5]]
    assert battles.weight.tolist() == [[2.0]]


@given(st.integers(0, 99), st.integers(0, 99))
def test_rows_in_any_order_give_the_same_bytes(seed: int, order: int) -> None:
    table = random_judgments(4, 12, seed, nulls=0.1)
    shuffled = table.take(np.random.default_rng(order).permutation(len(table)))
    first, second = build_battles(table), build_battles(shuffled)
    assert first.models == second.models
    assert first.prompts == second.prompts
    for name in ("score", "weight", "votes", "asked", "null_games"):
        assert np.array_equal(getattr(first, name), getattr(second, name))


def test_two_organisations_with_one_model_name_are_two_models() -> None:
    table = judgments({"org1/x": [["B>A", "A>B"]], "org2/x": [["A>B", "B>A"]]})
    battles = build_battles(table)
    assert battles.models == ("org1/x", "org2/x")
    assert battles.score.sum(axis=1).tolist() == [2.0, 0.0]


def test_a_question_that_nobody_played_counts_for_coverage() -> None:
    table = judgments({"m": [["B>A", "A>B"], [None, "A>B"]]})
    battles = build_battles(table, prompts=["p000", "p001", "p002", "p003"])
    assert (battles.used[0], battles.dropped[0], battles.missing[0]) == (1, 1, 2)
    assert battles.coverage.tolist() == [0.25]
    assert battles.null_games.tolist() == [1]


def test_games_of_other_questions_are_left_out() -> None:
    table = judgments({"m": [["B>A", "A>B"], ["A>B", "B>A"]]})
    assert build_battles(table, prompts=["p000"]).score.tolist() == [[2.0]]


def test_several_answers_of_a_prompt_share_its_cell() -> None:
    first = judgments({"m": [["B>A", "A>B"]]})
    column = first.schema.get_field_index("answer_sample")
    second = judgments({"m": [["A>B", None]]}).set_column(
        column, "answer_sample", pa.array([1, 1], pa.int64())
    )
    both = pa.concat_tables([first, second])
    # Only the answer with a null game is dropped, not the prompt.
    assert build_battles(both).score.tolist() == [[2.0]]
    assert build_battles(both, null_game="keep").weight.tolist() == [[3.0]]


def test_every_judge_has_the_same_weight_whatever_survived() -> None:
    kind = judgments({"m": [["B>A", "A>B"]] * 6}, judge="kind")
    strict = judgments(
        {
            "m": [
                ["A>B", "B>A"],
                ["A>B", None],
                [None, "B>A"],
                ["A>B", "B>A"],
                [None] * 2,
                [None] * 2,
            ]
        },
        judge="strict",
    )
    battles = build_battles(pa.concat_tables([kind, strict]))
    assert battles.judges == ("kind", "strict")
    assert battles.score.sum() / battles.weight.sum() == pytest.approx(0.5, abs=1e-8)


def test_the_baseline_against_itself_is_not_on_the_leaderboard() -> None:
    table = pa.concat_tables(
        [judgments({"m": [["B>A", "A>B"]]}), judgments({"base": [["A>B", "A>B"]]})]
    )
    assert build_battles(table).models == ("m",)


def test_each_category_against_its_own_baseline() -> None:
    table = pa.concat_tables(
        [judgments({"m": [["B>A", "A>B"]]}), judgments({"m": [["A>B", "B>A"]]}, baseline="other")]
    )
    with pytest.raises(InputError, match="several baselines"):
        build_battles(table)
    assert build_battles(table, baseline="base").score.sum() == 2
    assert build_battles(table, baseline="other").score.sum() == 0


def test_select_prompts_keeps_the_matrices_of_the_chosen() -> None:
    battles = build_battles(random_judgments(3, 6, seed=3))
    part = select_prompts(battles, ["p001", "p004", "elsewhere"])
    assert part.prompts == ("p001", "p004")
    assert np.array_equal(part.weight, battles.weight[:, [1, 4]])


def test_preferences_are_battles_too() -> None:
    battles = battles_from_scores(
        np.array([[0.2, 0.9], [0.0, 0.5]]), np.array([[1, 1], [0, 1]]), ["z", "a"], ["q2", "q1"]
    )
    assert battles.models == ("a", "z")
    assert battles.prompts == ("q1", "q2")
    assert battles.score.tolist() == [[0.5, 0.0], [0.9, 0.2]]
    assert battles.asked.tolist() == [1, 2]


def test_preferences_count_where_every_verdict_has_one() -> None:
    table = judgments({"m": [["B>A", "A>B"], ["A>B", "A=B"]]})
    shares = pa.array([0.9, 0.7, 0.2, 0.5], pa.float64())
    found = build_battles(table.append_column("preference", shares))
    assert found.by_preference
    assert found.score.sum() / found.weight.sum() == pytest.approx((0.9 + 0.7 + 0.2 + 0.5) / 4)
    ignored = build_battles(table.append_column("preference", shares), preferences=False)
    assert ignored.score.tobytes() == build_battles(table).score.tobytes()
    some = pa.array([0.9, 0.7, 0.2, None], pa.float64())
    assert not build_battles(table.append_column("preference", some)).by_preference
    wrong = pa.array([0.9, 1.7, 0.2, 0.5], pa.float64())
    with pytest.raises(InputError, match="0 to 1"):
        build_battles(table.append_column("preference", wrong))
