"""Opinions of judges and people, and how far they agree."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from benchbuilder.errors import InputError
from benchbuilder.stats.opinions import (
    Pair,
    opinions_of_judges,
    opinions_of_votes,
    outcome_agreement,
)

from .cases import judgments


def votes(*rows: tuple[str, str, str, str]) -> pa.Table:
    names = ("question_id", "model_a", "model_b", "winner")
    return pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)})


def test_a_judge_who_flips_with_the_sides_holds_a_tie() -> None:
    table = judgments({"m": [["B>A", "A>B"], ["A>B", "A>B"], ["A>>B", None], [None, None]]})
    found = opinions_of_judges(table)
    (opinions,) = found.values()
    shares = {pair[0]: share for pair, share in opinions.items()}
    (first, second, third) = (shares[name] for name in sorted(shares))
    pair = next(iter(opinions))
    model_is_first = pair[1] == "m"
    assert first == (1.0 if model_is_first else 0.0)
    assert second == 0.5
    assert third == (0.0 if model_is_first else 1.0)


def test_votes_are_averaged_whoever_is_named_first() -> None:
    found = opinions_of_votes(
        votes(("q", "y", "x", "model_a"), ("q", "x", "y", "model_a"), ("q", "x", "y", "tie")),
        {"mine": "x"},
    )
    assert found == {("q", "mine", "y"): pytest.approx(0.5)}


def test_votes_without_questions_or_with_an_unknown_winner_are_refused() -> None:
    with pytest.raises(InputError, match="on which question"):
        opinions_of_votes(votes(("q", "x", "y", "tie")).drop(["question_id"]))
    with pytest.raises(InputError, match="unknown winner 'x wins'"):
        opinions_of_votes(votes(("q", "x", "y", "x wins")))


def test_agreement_by_hand() -> None:
    def pairs(*shares: float) -> dict[Pair, float]:
        return {(f"q{n}", "a", "b"): share for n, share in enumerate(shares)}

    found = outcome_agreement(pairs(1, 1, 0, 0.5, 1), pairs(1, 0, 0, 0.5))
    assert (found.pairs, found.decided) == (4, 3)
    assert found.same == 0.75
    assert found.same_winner == pytest.approx(2 / 3)
    # Margins: (2, 1, 1) and (1, 1, 2) of 4, so chance gives 5/16.
    assert found.kappa == pytest.approx((0.75 - 5 / 16) / (1 - 5 / 16))
    nothing = outcome_agreement(pairs(), pairs(1))
    assert (nothing.pairs, nothing.same, nothing.kappa, nothing.lower) == (0, None, None, None)


def test_the_interval_covers_with_the_question_as_the_unit() -> None:
    """Ten pairs of a question agree or disagree together: 95 % intervals hold the truth."""
    rng, truth, covered = np.random.default_rng(3), 0.7, 0
    right = {(f"q{q}", "a", f"m{m}"): 1.0 for q in range(60) for m in range(10)}
    for _ in range(200):
        agrees = rng.random(60) < truth
        left = {pair: float(agrees[int(pair[0][1:])]) for pair in right}
        found = outcome_agreement(left, right)
        assert found.lower is not None and found.upper is not None
        covered += found.lower <= truth <= found.upper
    assert covered / 200 >= 0.9
