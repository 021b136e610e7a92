"""``validate_selection``: a selection that measures better is found, one that does not is not."""

from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.errors import InputError
from benchbuilder.stats.battles import Battles, battles_from_scores
from benchbuilder.stats.human import HumanRanking
from benchbuilder.stats.selection import SelectionQuality, validate_selection
from benchbuilder.stats.subset_comparison import Comparison, compare
from benchbuilder.stats.subset_measures import MEASURES, matched_human, measure, take_prompts

MODELS = [f"m{i}" for i in range(12)]
PROMPTS = [f"p{i:03d}" for i in range(240)]
SHARP = set(PROMPTS[:80])
STRENGTH = np.linspace(-1.2, 1.2, len(MODELS))


def pool(seed: int = 0) -> Battles:
    """Prompts of ``SHARP`` tell the models apart, all others are a coin toss."""
    rng = np.random.default_rng(seed)
    slope = np.array([1.5 if prompt in SHARP else 0.0 for prompt in PROMPTS])
    chance = 1 / (1 + np.exp(-STRENGTH[:, None] * slope[None, :]))
    score = (rng.random(chance.shape) < chance).astype(np.float64)
    return battles_from_scores(score, np.ones_like(score), MODELS, PROMPTS)


def people() -> HumanRanking:
    rating = np.append(1000 + 100 * STRENGTH, 1000.0)
    return HumanRanking((*MODELS, "baseline"), rating, rating - 10, rating + 10, True)


def found(quality: SelectionQuality, kind: str, name: str) -> Comparison:
    return next(c for c in quality.comparisons if (c.kind, c.measure) == (kind, name))


@pytest.fixture(scope="module")
def sharp() -> SelectionQuality:
    scores = {prompt: float(prompt in SHARP) for prompt in PROMPTS}
    lengths = {prompt: 100 + place % 7 for place, prompt in enumerate(PROMPTS)}
    return validate_selection(
        pool(), SHARP, lengths=lengths, scores=scores, human=people(), draws=60
    )


def test_a_sharp_selection_gains_on_every_kind_of_subset(sharp: SelectionQuality) -> None:
    assert (sharp.selected, sharp.pool, sharp.models, sharp.not_judged) == (80, 240, 12, 0)
    assert sharp.left_out == {}
    assert sharp.overlap["unselected"] == sharp.overlap["easiest"] == 0
    assert 0.25 < sharp.overlap["random"] < 0.42
    for kind in ("random", "length_matched", "unselected", "easiest"):
        for name in ("separability", "separability_paired", "agreement", "spearman"):
            comparison = found(sharp, kind, name)
            assert comparison.ahead > 0.95
            assert comparison.difference == pytest.approx(comparison.selection - comparison.mean)
            assert comparison.lower <= comparison.difference <= comparison.upper
        assert found(sharp, kind, "separability_paired").verdict == "gain"


def test_losses_are_reported_as_losses() -> None:
    dull = set(PROMPTS[160:])
    quality = validate_selection(pool(), dull, human=people(), draws=60)
    comparison = found(quality, "unselected", "separability_paired")
    assert comparison.verdict == "loss"
    assert comparison.ahead == 0
    assert set(quality.left_out) == {"length_matched", "easiest"}


def test_a_random_selection_is_mostly_undecided() -> None:
    verdicts = []
    for seed in range(8):
        chosen = np.random.default_rng(seed).choice(PROMPTS, 80, replace=False).tolist()
        quality = validate_selection(pool(seed), chosen, draws=60)
        verdicts.append(found(quality, "random", "separability_paired").verdict)
    assert verdicts.count("undecided") >= 7


def test_the_same_seed_gives_the_same_and_names_do_not_matter() -> None:
    first = validate_selection(pool(), SHARP, draws=10, seed=3)
    again = validate_selection(pool(), sorted(SHARP), draws=10, seed=3)
    assert first == again
    assert validate_selection(pool(), SHARP, draws=10, seed=4) != first


def test_what_cannot_be_measured_has_a_reason() -> None:
    quality = validate_selection(pool(), [*SHARP, "stranger"], draws=4)
    assert quality.not_judged == 1
    assert set(quality.left_out) == {
        "length_matched", "easiest", "agreement", "spearman", "kendall"
    }  # fmt: skip
    assert {c.measure for c in quality.comparisons} == set(list(MEASURES)[:3])
    with pytest.raises(InputError, match="whole judged pool"):
        validate_selection(pool(), PROMPTS)
    with pytest.raises(InputError, match="0 of the 1 selected prompts were judged"):
        validate_selection(pool(), ["stranger"])


def test_narrower_intervals_are_better() -> None:
    value = np.array([0.5, 0.5, 0.1, np.nan, 0.9, 0.9])
    plain = np.tile([0.4, 0.5, 0.2, 0.3, 0.8, np.nan], (20, 1))
    noise = np.random.default_rng(0).normal(0, 0.01, (20, 6))
    made = {c.measure: c for c in compare("random", value, plain, noise, 0.95)}
    assert list(made) == ["separability", "separability_paired", "interval_width", "spearman"]
    assert made["interval_width"].verdict == "gain"
    assert made["interval_width"].ahead == 1
    assert made["separability_paired"].verdict == "undecided"
    assert made["separability_paired"].ahead == 0.5


def test_measures_on_a_resample_count_a_prompt_as_often_as_it_was_drawn() -> None:
    battles = pool()
    twice = take_prompts(battles, np.array([0, 0, 1]))
    assert twice.prompts == ("p000", "p000", "p001")
    assert (twice.score[:, 0] == twice.score[:, 1]).all()
    human = matched_human(battles, people())
    assert human is not None
    places = np.arange(80)
    plain = measure(battles, places, human, confidence=0.95)
    once = measure(battles, places, human, confidence=0.95, counts=np.ones(13))
    np.testing.assert_array_equal(plain, once)
    assert matched_human(battles, HumanRanking(("m0",), *[np.ones(1)] * 3, False)) is None
