"""Win rates, analytic errors, intervals."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchbuilder.stats.battles import Battles, battles_from_scores, build_battles
from benchbuilder.stats.verdicts import VERDICTS, swapped
from benchbuilder.stats.win_rate import win_rates, with_baseline

from .cases import HAND, HAND_BATTLES, hand_battles, judgments, korean_judgments, random_judgments

VERDICT_OR_NULL = st.sampled_from([*VERDICTS, None])
PAIRS = st.lists(st.tuples(VERDICT_OR_NULL, VERDICT_OR_NULL), min_size=1, max_size=8)


@pytest.mark.parametrize("name", HAND_BATTLES)
def test_hand_cases(name: str) -> None:
    rates = win_rates(hand_battles(name))
    for row, model in enumerate(rates.models):
        expected = HAND[name]["expected"][model]
        if not expected["n"]:
            assert np.isnan(
                [rates.win_rate[row], rates.logit[row], rates.standard_error[row]]
            ).all()
            continue
        assert rates.win_rate[row] == float(Fraction(expected["win_rate"]))
        assert bool(rates.diverges[row]) is expected["diverges"]
        if expected["logit"] is None:
            assert np.isnan(rates.logit[row])
        else:
            assert rates.logit[row] == pytest.approx(expected["logit"], abs=1e-9)
        if expected["se_prompt_cluster"] is None:
            assert np.isnan(rates.standard_error[row])
            assert rates.interval[row] == "none"
        else:
            error = expected["se_prompt_cluster"]
            assert rates.standard_error[row] == pytest.approx(error, abs=1e-9)


@pytest.mark.parametrize("name", ["wins_everything", "loses_everything"])
def test_a_model_that_always_wins_has_a_bound_from_its_prompts(name: str) -> None:
    rates = win_rates(hand_battles(name))
    expected = HAND[name]["expected"]["m1"]["clopper_pearson_95_prompts"]
    assert [rates.lower[0], rates.upper[0]] == pytest.approx(expected, abs=1e-9)
    assert rates.interval == ("clopper-pearson",)


def test_korean_verdicts(shared: Path) -> None:
    expected = json.loads((shared / "reference" / "ko_expected.json").read_text())
    table = korean_judgments(shared)
    rates = win_rates(build_battles(table))
    assert set(rates.models) == set(expected["models"]) - {expected["baseline"]}
    for name, found in (
        ("win_rate", rates.win_rate),
        ("bt_logit", rates.logit),
        ("se_prompt_cluster", rates.standard_error),
        ("n_prompts_used", rates.units),
    ):
        wanted = [expected[name][model] for model in rates.models]
        assert found == pytest.approx(wanted, abs=1e-9), name
    published = [expected["published_score_pct"][model] for model in rates.models]
    off = np.abs(100 * rates.win_rate - published)
    assert off[rates.models.index("o4-mini-high")] < 0.06
    assert (np.delete(off, rates.models.index("o4-mini-high")) < 0.0051).all()

    kept = win_rates(build_battles(table, null_game="keep"))
    wanted = [expected["win_rate_game_level_nulls"][model] for model in kept.models]
    assert kept.win_rate == pytest.approx(wanted, abs=1e-9)

    topics = dict(zip(table["question_id"].to_pylist(), table["topic"].to_pylist(), strict=True))
    by_topic = win_rates(build_battles(table), topics=topics)
    wanted = [expected["se_topic_cluster"][model] for model in by_topic.models]
    assert by_topic.standard_error == pytest.approx(wanted, abs=1e-9)


def test_alpaca_eval_preferences(shared: Path) -> None:
    expected = json.loads((shared / "reference" / "alpacaeval2_expected.json").read_text())
    table = pq.read_table(shared / "reference" / "alpacaeval2_prefs.parquet")
    for model, wanted in expected["models"].items():
        rows = table.filter(pc.equal(pc.cast(table["model"], pa.string()), model))
        preference = rows["pref"].to_numpy().astype(np.float64)
        prompts = [str(prompt) for prompt in rows["prompt"].to_pylist()]
        one = battles_from_scores(
            preference[None], np.ones((1, len(prompts))), [model], prompts, baseline="gpt4"
        )
        rates = win_rates(one)
        assert rates.units[0] == wanted["n"]
        assert rates.win_rate[0] == pytest.approx(wanted["win_rate"] / 100, abs=1e-9)
        error = wanted["standard_error"] / 100
        assert rates.standard_error[0] == pytest.approx(error, abs=1e-9)


def test_the_kind_of_interval_follows_the_win_rate() -> None:
    table = judgments(
        {
            "few": [["B>A", "A>B"], ["A>B", "B>A"]] * 10,
            "middle": [["B>A", "A>B"], ["A>B", "B>A"]] * 40,
            "low": [["B>A", "A>B"]] + [["A>B", "B>A"]] * 79,
            "high": [["A>B", "B>A"]] + [["B>A", "A>B"]] * 79,
        }
    )
    rates = win_rates(build_battles(table))
    assert rates.models == ("few", "high", "low", "middle")
    assert rates.interval == ("half-prompt", "half-prompt", "half-prompt", "wald")
    assert rates.lower[2] > 0
    assert rates.upper[1] < 1
    assert rates.lower[1] == pytest.approx(1 - rates.upper[2], abs=1e-9)
    wald = win_rates(build_battles(table), interval="wald")
    assert wald.lower[2] < 0  # one reason for the other interval


def test_the_baseline_is_a_half_with_zero_width() -> None:
    rates = with_baseline(win_rates(build_battles(random_judgments(2, 9, seed=4))), "base")
    assert rates.models[-1] == "base"
    assert (rates.lower[-1], rates.win_rate[-1], rates.upper[-1]) == (0.5, 0.5, 0.5)
    assert rates.covariance.shape == (3, 3)
    assert rates.covariance[-1].tolist() == [0, 0, 0]
    assert rates.covariance.diagonal() == pytest.approx(rates.standard_error**2, abs=1e-15)


@settings(deadline=None)  # the first example waits for scipy
@given(PAIRS)
def test_swapping_sides_mirrors_the_estimate(pairs: list[tuple[str | None, str | None]]) -> None:
    mirrored = [[swapped(verdict) if verdict else None for verdict in pair] for pair in pairs]
    there = win_rates(build_battles(judgments({"m": pairs})))
    back = win_rates(build_battles(judgments({"m": mirrored})))
    assert there.win_rate == pytest.approx(1 - back.win_rate, abs=1e-12, nan_ok=True)
    assert there.standard_error == pytest.approx(back.standard_error, abs=1e-12, nan_ok=True)
    assert there.lower == pytest.approx(1 - back.upper, abs=1e-9, nan_ok=True)


@settings(deadline=None)
@given(PAIRS, st.randoms(use_true_random=False))
def test_renaming_prompts_changes_nothing(
    pairs: list[tuple[str | None, str | None]], random: object
) -> None:
    table = judgments({"m": pairs, "n": pairs[::-1]})
    names = pc.utf8_reverse(pc.binary_join_element_wise(table["question_id"], "x", ""))
    renamed = table.set_column(table.schema.get_field_index("question_id"), "question_id", names)
    first, second = win_rates(build_battles(table)), win_rates(build_battles(renamed))
    assert np.array_equal(first.win_rate, second.win_rate, equal_nan=True)
    assert first.standard_error == pytest.approx(second.standard_error, abs=1e-12, nan_ok=True)


@given(st.integers(0, 99))
def test_renaming_models_changes_nothing(seed: int) -> None:
    table = random_judgments(3, 9, seed, nulls=0.1)
    renamed = table
    for column in ("model", "answer_a", "answer_b"):
        # m0, m1, m2 become z, y, x: their order turns around, and the baseline stays.
        names = table[column]
        for old, new in (("m0", "z"), ("m1", "y"), ("m2", "x")):
            names = pc.replace_substring(names, old, new)
        renamed = renamed.set_column(table.schema.get_field_index(column), column, names)
    there, here = win_rates(build_battles(renamed)), win_rates(build_battles(table))
    assert there.models == ("x", "y", "z")
    for name in ("win_rate", "standard_error", "lower", "upper"):
        turned = getattr(there, name)[::-1]
        assert turned == pytest.approx(getattr(here, name), abs=1e-12, nan_ok=True), name


@given(st.integers(1, 9), st.booleans())
def test_all_ties_give_a_half(prompts: int, keep: bool) -> None:
    table = judgments({"m": [["A=B", "A=B"]] * prompts})
    rates = win_rates(build_battles(table, null_game="keep" if keep else "drop"))
    assert rates.win_rate.tolist() == [0.5]
    assert rates.logit.tolist() == [0.0]


@given(st.integers(2, 30), st.integers(0, 99))
def test_every_prompt_twice_shrinks_the_error(prompts: int, seed: int) -> None:
    once = build_battles(random_judgments(2, prompts, seed))
    twice = _twice(once)
    ratio = np.sqrt((prompts - 1) / (2 * prompts - 1))
    shrunk = ratio * win_rates(once).standard_error
    assert win_rates(twice).standard_error == pytest.approx(shrunk, abs=1e-12)


@given(st.integers(0, 99))
def test_another_model_changes_no_win_rate(seed: int) -> None:
    three = random_judgments(3, 7, seed, nulls=0.1)
    two = three.filter(pc.not_equal(three["model"], "m1"))
    many, few = win_rates(build_battles(three)), win_rates(build_battles(two))
    for name in ("win_rate", "logit", "diverges"):
        assert np.array_equal(getattr(many, name)[[0, 2]], getattr(few, name), equal_nan=True), name


def _twice(battles: Battles) -> Battles:
    return battles_from_scores(
        np.tile(battles.score, 2),
        np.tile(battles.weight, 2),
        battles.models,
        [f"{prompt}-{copy}" for copy in "ab" for prompt in battles.prompts],
    )
