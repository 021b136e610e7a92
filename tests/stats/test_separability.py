"""Which models can be told apart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.bootstrap import bootstrap, with_percentiles
from benchbuilder.stats.separability import (
    disjoint,
    disjoint_rank_ranges,
    disjoint_separability,
    paired_differences,
    paired_rank_ranges,
    paired_separability,
    separability,
)
from benchbuilder.stats.win_rate import win_rates, with_baseline

from .cases import HAND, hand_battles, judgments, korean_judgments, random_judgments


def test_korean_verdicts(shared: Path) -> None:
    expected = json.loads((shared / "reference" / "ko_expected.json").read_text())
    wanted = expected["separability_75"]
    rates = win_rates(build_battles(korean_judgments(shared)), interval="wald")
    by_interval = disjoint_separability(rates)
    assert (by_interval.pairs, by_interval.separated) == (
        wanted["pairs"],
        wanted["prompt_cluster_ci"],
    )
    assert by_interval.share == pytest.approx(0.835, abs=5e-4)
    paired = paired_separability(paired_differences(rates))
    assert (paired.pairs, paired.separated) == (wanted["pairs"], wanted["paired_z_gt_1_96"])
    assert paired.share == pytest.approx(0.907, abs=5e-4)
    naive = np.array([expected["se_exploded_naive"][model] for model in rates.models])
    low, high = rates.win_rate - 1.959964 * naive, rates.win_rate + 1.959964 * naive
    assert separability(disjoint(low, high)).separated == wanted["exploded_ci"]


def test_korean_verdicts_with_the_default_intervals(shared: Path) -> None:
    battles = build_battles(korean_judgments(shared))
    rates = with_percentiles(win_rates(battles), bootstrap(battles))
    assert disjoint_separability(rates).share == pytest.approx(0.835, abs=0.005)
    percentile = paired_differences(rates, bootstrap(battles), method="percentile")
    assert paired_separability(percentile).share == pytest.approx(0.907, abs=0.01)


def test_hand_case_of_touching_intervals() -> None:
    case = HAND["alignment"]
    names = case["models"]
    for interval, place in ((case["ci"], 2), (case["human_ci"], 3)):
        low, high = np.array(interval, dtype=float).T
        mask = disjoint(low, high)
        for pair in case["pairs"]:
            assert mask[names.index(pair[0]), names.index(pair[1])] == pair[place], pair
        assert separability(mask).share == 0.5


def test_three_equal_intervals_are_three_overlapping_pairs() -> None:
    low, high = np.full(3, 0.4), np.full(3, 0.6)
    found = separability(disjoint(low, high))
    assert (found.separated, found.pairs, found.share) == (0, 3, 0.0)


def test_identical_models_are_not_separated() -> None:
    differences = paired_differences(win_rates(hand_battles("identical_models")))
    assert differences.difference[0, 1] == 0
    assert differences.standard_error[0, 1] == 0
    assert differences.p_value[0, 1] == 1
    assert not differences.separated.any()


def test_one_model_or_one_prompt_has_no_separability() -> None:
    alone = win_rates(build_battles(judgments({"m": [["B>A", "A>B"]] * 4})))
    assert disjoint_separability(alone).share is None
    one_prompt = win_rates(build_battles(random_judgments(3, 1, seed=1)))
    found = disjoint_separability(one_prompt)
    assert (found.share, found.pairs, found.undefined) == (None, 0, 3)
    differences = paired_differences(one_prompt)
    assert paired_separability(differences).share is None
    ranks = paired_rank_ranges(differences)
    assert ranks.low.tolist() == [1, 1, 1]
    assert ranks.high.tolist() == [3, 3, 3]


def test_always_against_never_is_separated_with_enough_prompts() -> None:
    def pair(prompts: int) -> bool:
        table = judgments({"win": [["B>A", "A>B"]] * prompts, "lose": [["A>B", "B>A"]] * prompts})
        return bool(paired_differences(win_rates(build_battles(table))).separated[0, 1])

    assert pair(20)
    assert not pair(2)


def test_paired_differences_mirror_and_agree_with_percentiles() -> None:
    battles = build_battles(random_judgments(4, 150, seed=2))
    rates = with_baseline(win_rates(battles), "base")
    differences = paired_differences(rates)
    assert differences.difference == pytest.approx(-differences.difference.T)
    assert differences.lower == pytest.approx(-differences.upper.T)
    # Against the baseline the error of the difference is the model's own.
    assert differences.standard_error[-1, :-1] == pytest.approx(rates.standard_error[:-1])
    plain = win_rates(battles)
    sample = bootstrap(battles, rounds=4000)
    percentile = paired_differences(plain, sample, method="percentile")
    analytic = paired_differences(plain)
    assert percentile.lower == pytest.approx(analytic.lower, abs=0.02)
    with pytest.raises(ValueError, match="same models"):
        paired_differences(rates, sample, method="percentile")


def test_rank_ranges_from_intervals() -> None:
    table = judgments(
        {
            "best": [["B>A", "A>B"]] * 30,
            "mid1": [["B>A", "A>B"], ["A>B", "B>A"]] * 15,
            "mid2": [["A>B", "B>A"], ["B>A", "A>B"]] * 15,
            "worst": [["A>B", "B>A"]] * 30,
        }
    )
    ranks = disjoint_rank_ranges(win_rates(build_battles(table)))
    assert ranks.models == ("best", "mid1", "mid2", "worst")
    assert ranks.low.tolist() == [1, 2, 2, 4]
    assert ranks.high.tolist() == [1, 3, 3, 4]
