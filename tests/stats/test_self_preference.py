"""Families by name, and a judge that prefers its own."""

from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.stats.opinions import Pair
from benchbuilder.stats.self_preference import (
    family_of,
    judges_of_other_families,
    self_preference,
)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("gpt-4.1-mini", "openai"), ("o3", "openai"), ("openai/o1-preview", "openai"),
        ("claude-3.7-sonnet", "anthropic"), ("gemini-2.0-flash-001", "google"),
        ("meta-llama/Llama-3.1-8B", "meta"), ("Qwen2.5-72B", "alibaba"), ("phi3-mini", "microsoft"),
        ("yi-34b", "01-ai"), ("yiddish-7b", None), ("o12", None), ("my-own", None), ("", None),
        ("Mistral-7B-Instruct", "mistral"), ("mistralite", None),
    ],
)  # fmt: skip
def test_families(name: str, family: str | None) -> None:
    assert family_of(name) == family


def opinions(bias: float, seed: int, lenience: float = 0.0) -> dict[Pair, float]:
    """Scores of two models of each family against a baseline, by a judge with a bias for its own;
    the baseline's name stands between theirs, so both orders occur."""
    rng = np.random.default_rng(seed)
    found: dict[Pair, float] = {}
    for question in range(300):
        for model in ("claude-a", "claude-b", "gpt-a", "gpt-b"):
            chance = 0.4 + lenience + (bias if model.startswith("gpt") else 0.0)
            share = float(rng.random() < chance)
            if model < "fixed":
                found[f"q{question}", model, "fixed"] = share
            else:
                found[f"q{question}", "fixed", model] = 1 - share
    return found


BASELINE = frozenset({"fixed"})


def test_a_preference_is_found_and_lenience_is_none() -> None:
    biased = self_preference("gpt-4o", opinions(0.2, 1, 0.15), [opinions(0, 2)], baselines=BASELINE)
    assert biased.own == ("gpt-a", "gpt-b")
    assert biased.preference == pytest.approx(0.2, abs=3 * (biased.standard_error or 0))
    assert (biased.preference or 0) > 3 * (biased.standard_error or 1)
    assert biased.own_gap == pytest.approx(0.35, abs=0.1)
    fair = self_preference("gpt-4o", opinions(0, 3, 0.15), [opinions(0, 4)], baselines=BASELINE)
    assert abs(fair.preference or 1) < 3 * (fair.standard_error or 0)


def test_where_it_cannot_be_measured_a_reason_stands() -> None:
    mine = opinions(0.2, 1)
    alone = self_preference("gpt-4o", mine, [], baselines=BASELINE)
    assert (alone.preference, alone.questions) == (None, 0)
    assert alone.reason == "needs a judge of another family or votes on the same questions"
    unknown = self_preference("house-judge", mine, [mine], baselines=BASELINE)
    assert unknown.reason == "the family of this judge is not known by its name"
    other = self_preference("gemini", mine, [mine], baselines=BASELINE)
    assert other.reason == "no model of this judge's family is here"
    own = self_preference("gpt-4o", mine, [mine], baselines=frozenset({"gpt-3.5"}))
    assert own.reason == "the baseline is of this judge's family"
    apart = self_preference(
        "gpt-4o", mine, [{("elsewhere", "claude-a", "fixed"): 1.0}], baselines=BASELINE
    )
    assert apart.reason is not None and apart.reason.startswith("fewer than two questions")


def test_a_judge_is_not_held_against_its_relatives() -> None:
    one, two, three = ({("q", "a", "b"): share} for share in (0.0, 0.5, 1.0))
    all_of_them = {"gpt-4o": one, "o3": two, "claude-4": three}
    assert judges_of_other_families("gpt-4o", all_of_them) == [three]
    assert judges_of_other_families("house", all_of_them | {"house": one}) == [three, one, two]
