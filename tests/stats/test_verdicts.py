"""The verdict scale."""

from __future__ import annotations

import pytest

from benchbuilder.stats.verdicts import (
    VERDICTS,
    WEIGHTINGS,
    Weighting,
    is_strong,
    scale,
    score_of,
    swapped,
    weight_of,
    winner,
)


def test_winner_and_strength() -> None:
    assert [winner(verdict) for verdict in VERDICTS] == ["A", "A", None, "B", "B"]
    assert [is_strong(verdict) for verdict in VERDICTS] == [True, False, False, False, True]


def test_an_unknown_verdict_is_no_tie() -> None:
    with pytest.raises(ValueError, match="A<>B"):
        winner("A<>B")


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_sides_mirror(weighting: Weighting) -> None:
    for verdict in VERDICTS:
        assert score_of("A", verdict, weighting) + score_of("B", verdict, weighting) == 1
        assert score_of("A", verdict, weighting) == score_of("B", swapped(verdict), weighting)
        assert weight_of(verdict, weighting) == weight_of(swapped(verdict), weighting)


def test_weightings() -> None:
    assert list(scale("strong3").weight) == [3, 1, 1, 1, 3]
    assert list(scale("strong1").weight) == [1, 1, 1, 1, 1]
    assert list(scale("strong3").score_of_a) == [1, 1, 0.5, 0, 0]
    assert list(scale("graded").score_of_a) == [1, 0.75, 0.5, 0.25, 0]
    assert list(scale("graded").weight) == [1, 1, 1, 1, 1]
