"""Votes of people as a ranking."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from benchbuilder.errors import InputError, SchemaError
from benchbuilder.stats.votes import ELO_PER_LOGIT, ranking_from_votes, ranking_of


def votes(*rows: tuple[str, str, str]) -> pa.Table:
    return pa.Table.from_pylist([{"model_a": a, "model_b": b, "winner": w} for a, b, w in rows])


def test_two_models() -> None:
    table = votes(
        *[("x", "y", "model_a")] * 20, *[("y", "x", "model_a")] * 5, *[("x", "y", "tie")] * 10
    )
    found = ranking_from_votes(table)
    assert found.models == ("x", "y")
    # 25 of 35 with ties as halves.
    assert found.rating[0] - found.rating[1] == pytest.approx(ELO_PER_LOGIT * np.log(25 / 10))
    assert found.rating.mean() == pytest.approx(1000)
    assert (found.lower < found.rating).all()
    assert found.left_out == ()


def test_either_form_is_a_ranking() -> None:
    assert ranking_of(votes(("x", "y", "tie"))).rating == pytest.approx([1000, 1000])
    assert ranking_of(pa.table({"model": ["x"], "rating": [7.0]})).rating.tolist() == [7.0]


def test_limits_widen_when_votes_share_a_question() -> None:
    rows = [("x", "y", "model_a")] * 20 + [("x", "y", "model_b")] * 10
    alone = votes(*rows)
    # Each question was voted on five times with the same outcome.
    clustered = alone.append_column("question_id", pa.array([i // 5 for i in range(30)]))
    wide, narrow = ranking_from_votes(clustered), ranking_from_votes(alone)
    assert wide.rating == pytest.approx(narrow.rating)
    ratio = (wide.upper - wide.rating) / (narrow.upper - narrow.rating)
    assert ratio == pytest.approx(np.full(2, np.sqrt(5) * np.sqrt(6 / 5 / (30 / 29))), rel=1e-9)


def test_limits_cover_the_true_difference() -> None:
    rng = np.random.default_rng(3)
    truth = np.array([0.8, 0.0, -0.8])
    hits, runs = 0, 120
    for _ in range(runs):
        first, second = rng.integers(0, 3, size=(2, 300))
        met = first != second
        first, second = first[met], second[met]
        won = rng.random(len(first)) < 1 / (1 + np.exp(truth[second] - truth[first]))
        table = pa.table(
            {
                "model_a": [f"m{i}" for i in first],
                "model_b": [f"m{i}" for i in second],
                "winner": np.where(won, "model_a", "model_b"),
            }
        )
        found = ranking_from_votes(table)
        true = 1000 + ELO_PER_LOGIT * truth[0]
        hits += bool(found.lower[0] <= true <= found.upper[0])
    assert hits / runs == pytest.approx(0.95, abs=0.05)


def test_a_model_that_only_won_is_left_out_and_named() -> None:
    table = votes(
        ("x", "y", "A"),
        ("y", "x", "a"),
        ("god", "x", "model_a"),
        ("god", "y", "b"),
        ("god", "y", "a"),
    )
    beaten_once = ranking_from_votes(table)
    assert beaten_once.left_out == ()
    always = votes(("x", "y", "A"), ("y", "x", "a"), ("god", "x", "model_a"))
    found = ranking_from_votes(always)
    assert found.models == ("x", "y")
    assert found.left_out == ("god",)


def test_bad_votes_say_why() -> None:
    with pytest.raises(SchemaError, match="winner"):
        ranking_from_votes(pa.table({"model_a": ["x"], "model_b": ["y"]}))
    with pytest.raises(InputError, match="unknown winner 'left'"):
        ranking_from_votes(votes(("x", "y", "left")))
    with pytest.raises(InputError, match="order no two models"):
        ranking_from_votes(votes(("x", "y", "a")))
