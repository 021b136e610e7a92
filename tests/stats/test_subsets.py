"""Subsets: the selection's size, drawn from where they claim to be, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.stats.subsets import KINDS, Kind, draw_subset, missing

POOL = 200
RNG = np.random.default_rng(5)
LENGTH = RNG.integers(10, 2000, POOL).astype(np.float64)
SCORE = RNG.integers(0, 8, POOL).astype(np.float64)
SELECTED = RNG.random(POOL) * 3000 < LENGTH


def draw(kind: Kind, seed: int = 1) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    rng = np.random.default_rng(seed)
    return draw_subset(kind, SELECTED, rng, length=LENGTH, score=SCORE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_subset_has_the_size_of_the_selection_and_no_prompt_twice(kind: Kind) -> None:
    places = draw(kind)
    assert len(places) == SELECTED.sum() == len(set(places.tolist()))
    assert (places == draw(kind)).all()
    assert (places != draw(kind, seed=2)).any()


def test_each_kind_is_drawn_from_where_it_claims() -> None:
    assert not SELECTED[draw("unselected")].any()
    easiest = draw("easiest")
    assert SCORE[easiest].max() <= np.sort(SCORE)[SELECTED.sum() - 1]
    matched, random = LENGTH[draw("length_matched")].mean(), LENGTH[draw("random")].mean()
    own = LENGTH[SELECTED].mean()
    assert abs(matched - own) < 0.05 * own
    assert random < 0.85 * own


def test_equal_lengths_fall_into_one_group() -> None:
    selected = np.arange(POOL) < 50
    rng = np.random.default_rng(0)
    places = draw_subset("length_matched", selected, rng, length=np.full(POOL, 7.0))
    assert len(places) == 50
    assert not selected[places].all()


def test_what_cannot_be_drawn_has_a_reason() -> None:
    assert missing("random", SELECTED) is None
    assert missing("length_matched", SELECTED) == "the length of each prompt is not known"
    unknown = np.where(SELECTED, np.nan, LENGTH)
    assert missing("length_matched", SELECTED, length=unknown) is not None
    most = np.arange(POOL) < 140
    assert missing("unselected", most) == "only 60 prompts were left behind"
    assert missing("easiest", SELECTED) == "not enough prompts have a score"
    with pytest.raises(ValueError, match="not enough prompts have a score"):
        draw_subset("easiest", SELECTED, np.random.default_rng(0))
