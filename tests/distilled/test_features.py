from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.distilled.features import (
    MAX_CHARS,
    SURFACE_FEATURES,
    surface_features,
)


def feature(text: str, name: str) -> float:
    return float(surface_features([text])[0, SURFACE_FEATURES.index(name)])


def test_names_are_unique_and_match_the_columns() -> None:
    assert len(set(SURFACE_FEATURES)) == len(SURFACE_FEATURES)
    assert surface_features(["one", "two"]).shape == (2, len(SURFACE_FEATURES))
    assert surface_features([]).shape == (0, len(SURFACE_FEATURES))


@given(st.text(max_size=300))
def test_every_text_has_finite_bounded_features(text: str) -> None:
    row = surface_features([text])[0]
    assert np.isfinite(row).all()
    assert (row >= 0).all()
    assert (row <= 12).all()


def test_length_saturates() -> None:
    first, longer = surface_features(["word " * 1_000, "word " * 3_000])
    assert np.abs(longer - first).max() < 0.2


def test_only_the_beginning_of_a_huge_prompt_is_read() -> None:
    huge = "Explain this log:\n" + "error 7; " * 200_000
    row = surface_features([huge])
    assert (row == surface_features([huge[:MAX_CHARS]])).all()


def test_features_see_what_they_are_named_after() -> None:
    assert feature("Please write a poem", "opens_with_make") == 1
    assert feature("Could you please debug this?", "opens_with_build") == 1
    assert feature("What is a poem?", "opens_with_make") == 0
    assert feature("It must have at most 3 lines", "constraints") == 0.5
    assert feature("It is red", "constraints") == 0
    assert feature("at 40 km/h for 3 hours", "quantities") > feature("a 40", "quantities")
    assert feature("```\nx\n```", "code_fences") > 0
    assert feature("Как дела?", "non_latin_share") == 1
    assert feature("don’t", "constraints") == feature("don't", "constraints") > 0
