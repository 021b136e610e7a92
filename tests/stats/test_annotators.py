"""Agreement of annotators, worked out by hand."""

from __future__ import annotations

import pytest

from benchbuilder.schemas import CRITERIA
from benchbuilder.stats.annotators import Label, compare_annotators


def label(*true: str, unknown: tuple[str, ...] = ()) -> Label:
    return {c: None if c in unknown else c in true for c in CRITERIA}


def test_percent_and_kappa_of_one_criterion() -> None:
    """Both yes on two prompts, both no on one, split on one: p_o = 3/4, p_e = 3/4·1/2 + 1/4·1/2."""
    left = {
        "1": label("creativity"),
        "2": label("creativity"),
        "3": label(),
        "4": label("creativity"),
    }
    right = {"1": label("creativity"), "2": label("creativity"), "3": label(), "4": label()}
    agreement = compare_annotators(left, right, names=("l", "r"))
    creativity = next(c for c in agreement.criteria if c.criterion == "creativity")
    assert creativity.percent == 0.75
    assert creativity.kappa == pytest.approx((0.75 - 0.5) / 0.5)
    assert agreement.overall == pytest.approx(27 / 28)
    assert (agreement.same_score, agreement.score_within_one) == (0.75, 1.0)


def test_kappa_does_not_exist_where_both_always_say_the_same() -> None:
    agreement = compare_annotators({"1": label()}, {"1": label()}, names=("l", "r"))
    assert all(c.kappa is None and c.percent == 1 for c in agreement.criteria)


def test_nulls_are_left_out_and_counted() -> None:
    left = {"1": label(unknown=("complexity",)), "2": label("complexity")}
    right = {"1": label("complexity"), "2": label("complexity")}
    agreement = compare_annotators(left, right, names=("l", "r"))
    complexity = next(c for c in agreement.criteria if c.criterion == "complexity")
    assert (complexity.n, complexity.left_out, complexity.percent) == (1, 1, 1.0)
    assert agreement.same_score == 1.0, "the prompt without a full label has no score"


def test_only_prompts_that_both_labelled_count() -> None:
    agreement = compare_annotators({"1": label()}, {"2": label()}, names=("l", "r"))
    assert (agreement.prompts, agreement.overall, agreement.same_score) == (0, None, None)
