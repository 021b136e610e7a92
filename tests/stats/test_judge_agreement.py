"""Krippendorff's α between judges."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from benchbuilder.stats.judge_agreement import Level, judge_agreement, krippendorff_alpha

from .cases import judgments, random_judgments

# Four observers, twelve units: the worked example of Krippendorff (2011).
N = np.nan
EXAMPLE = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
        [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
    ]
)


@pytest.mark.parametrize(
    ("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_the_published_example(level: Level, alpha: float) -> None:
    assert krippendorff_alpha(EXAMPLE, level) == pytest.approx(alpha, abs=5e-4)


def test_two_judges_that_agree() -> None:
    table = pa.concat_tables([random_judgments(2, 9, seed=1, judge=judge) for judge in ("x", "y")])
    found = judge_agreement(table)
    assert found.alpha == 1
    assert found.judges == ("x", "y")
    assert found.games == 36


def test_two_judges_that_guess() -> None:
    rng = np.random.default_rng(2)
    tables = []
    for judge in ("x", "y"):
        drawn = rng.choice(["A>B", "A=B", "B>A"], size=(400, 2)).tolist()
        tables.append(judgments({"m": drawn}, judge=judge))
    alpha = judge_agreement(pa.concat_tables(tables)).alpha
    assert alpha == pytest.approx(0, abs=0.1)


def test_what_cannot_be_said_has_a_reason() -> None:
    one = judge_agreement(judgments({"m": [["A>B", "B>A"]]}))
    assert (one.alpha, one.reason) == (None, "one judge only")
    apart = [
        judgments({"m": [["A>B", None]]}, judge="x"),
        judgments({"m": [[None, "A>B"]]}, judge="y"),
    ]
    found = judge_agreement(pa.concat_tables(apart))
    assert (found.alpha, found.reason) == (None, "no game was decided by two judges")
    same = [judgments({"m": [["A>B", "A>B"]]}, judge=judge) for judge in ("x", "y")]
    assert judge_agreement(pa.concat_tables(same)).reason == "every verdict is the same"
