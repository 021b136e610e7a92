"""Agreement with people, in three variants, and the Brier score."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchbuilder.stats.agreement import (
    Agreement,
    Ranking,
    agreement,
    pair_rank_brier,
    paired_brier,
)
from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.win_rate import win_rates, with_baseline

from .cases import HAND, korean_judgments

BENCHMARKS = ["alpaca_lc", "alpaca", "arena_hard", "mt_bench"]


def ranking(score: Any, lower: Any, upper: Any) -> Ranking:
    return Ranking(*(np.array(values, dtype=float) for values in (score, lower, upper)))


def assert_counts(found: Agreement, wanted: Mapping[str, Any]) -> None:
    assert found.pairs == wanted["pairs"]
    assert found.benchmark_separated == wanted["bench_sep"]
    assert found.human_separated == wanted["ref_sep"]
    assert found.both_separated == wanted["both_sep"]
    assert (found.agree, found.disagree) == (wanted["agree"], wanted["disagree"])
    variants = (found.human_separable, found.all_pairs, found.half_credit)
    names = ("over_ref_separated", "over_all_pairs", "half_credit")
    for value, name in zip(variants, names, strict=True):
        assert value == pytest.approx(wanted[f"agreement_{name}"], abs=1e-9), name


def test_hand_case() -> None:
    case = HAND["alignment"]
    found = agreement(
        ranking(case["score"], *np.array(case["ci"]).T),
        ranking(case["human"], *np.array(case["human_ci"]).T),
    )
    wanted = Fraction(case["expected"]["agreement_over_ref_separated"])
    assert found.human_separable == pytest.approx(float(wanted), abs=1e-12)
    assert found.agree - found.disagree == sum(pair[4] for pair in case["pairs"])
    assert found.benchmark_separated / found.pairs == Fraction(case["expected"]["separability"])


@pytest.mark.parametrize("name", BENCHMARKS)
def test_the_paper_authors_data(shared: Path, name: str) -> None:
    data = json.loads((shared / "reference" / "arena_hard_paper_metrics.json").read_text())
    scores, people = data["benchmarks"][name], data["human"]
    ours = ranking(scores["score"], scores["lower"], scores["upper"])
    human = ranking(people["rating"], people["lo"], people["hi"])
    assert_counts(agreement(ours, human), data["expected"][name])

    recorded = data["authors_recorded"][name]
    theirs = agreement(ours, human, rule="open")
    assert theirs.human_separated == 177
    assert theirs.half_credit == pytest.approx(recorded["agree_half"], abs=1e-9)

    brier = pair_rank_brier(
        np.array(scores["boot_mean"]), np.array(scores["boot_var"]), human.score
    )
    assert brier.score == pytest.approx(data["expected"][name]["brier"], abs=1e-9)
    separated = agreement(ours, human).benchmark_separated
    assert round(100 * separated / 190, 2) == recorded["separability_pct"]


@pytest.mark.parametrize(
    "people", ["full", "hard_6", "korean", "full_style_control", "hard_6_style_control"]
)
def test_korean_verdicts_against_people(shared: Path, people: str) -> None:
    expected = json.loads((shared / "reference" / "ko_expected.json").read_text())
    battles = build_battles(korean_judgments(shared))
    rates = with_baseline(win_rates(battles, interval="wald"), battles.baseline)
    human = expected["human"][people]
    rows = np.array([row for row, model in enumerate(rates.models) if model in human])
    ratings = np.array([human[rates.models[row]] for row in rows])
    found = agreement(
        Ranking(rates.win_rate[rows], rates.lower[rows], rates.upper[rows]), Ranking(*ratings.T)
    )
    assert_counts(found, expected["alignment"][people])
    brier = pair_rank_brier(rates.win_rate[rows], rates.standard_error[rows] ** 2, ratings[:, 0])
    assert brier.score == pytest.approx(expected["alignment"][people]["brier"], abs=1e-9)


def test_brier_hand_case() -> None:
    case = HAND["brier"]
    brier = pair_rank_brier(
        np.array(case["mean"], dtype=float), np.array(case["var"]), np.array(case["human"])
    )
    assert brier.pairs == 3
    assert brier.score == pytest.approx(case["expected"], abs=1e-12)


def test_human_ties_are_skipped() -> None:
    mean, variance = np.array([0.2, 0.4]), np.array([0.01, 0.01])
    assert pair_rank_brier(mean, variance, np.array([1.0, 1.0])).score is None


def test_paired_brier_counts_rounds() -> None:
    draws = np.array([[0.1, 0.3], [0.2, 0.2], [0.3, 0.1], [0.1, np.nan]])
    brier = paired_brier(draws, np.array([1.0, 2.0]))
    assert brier.score == pytest.approx(0.25)  # one round for, one tie, one against
    assert (brier.pairs, brier.source) == (1, "paired draws")


def test_one_model_has_no_pairs() -> None:
    one = ranking([0.5], [0.4], [0.6])
    found = agreement(one, one)
    assert (found.all_pairs, found.human_separable, found.half_credit) == (None, None, None)
