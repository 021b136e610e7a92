"""The verdict scale: the only place that knows what a verdict is worth.

A verdict speaks about sides, never about models: ``A>>B`` says that whoever stood on side A won
clearly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Side = Literal["A", "B"]
Weighting = Literal["strong3", "strong1", "graded"]

#: From the best for side A to the best for side B; a verdict's code is its place in this tuple.
VERDICTS: tuple[str, ...] = ("A>>B", "A>B", "A=B", "B>A", "B>>A")

WEIGHTINGS: tuple[Weighting, ...] = ("strong3", "strong1", "graded")
_THREE_STEPS = (1.0, 1.0, 0.5, 0.0, 0.0)
_FIVE_STEPS = (1.0, 0.75, 0.5, 0.25, 0.0)
_STRONG_WEIGHT = 3.0


@dataclass(frozen=True, eq=False)
class Scale:
    """What each verdict counts: arrays of five, in the order of ``VERDICTS``."""

    weighting: Weighting
    score_of_a: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]


def scale(weighting: Weighting = "strong3") -> Scale:
    """The scale of one weighting.

    ``strong3``: a strong verdict is three votes (as Arena-Hard publishes); ``strong1``: one vote;
    ``graded``: one vote of 1, ¾, ½, ¼ or 0.
    """
    strong = _STRONG_WEIGHT if weighting == "strong3" else 1.0
    return Scale(
        weighting=weighting,
        score_of_a=np.array(_FIVE_STEPS if weighting == "graded" else _THREE_STEPS),
        weight=np.array([strong, 1.0, 1.0, 1.0, strong]),
    )


def code_of(verdict: str) -> int:
    """The verdict's place in ``VERDICTS``.

    Raises:
        ValueError: it is none of the five.
    """
    if verdict not in VERDICTS:
        raise ValueError(f"{verdict!r} is none of the verdicts {', '.join(VERDICTS)}")
    return VERDICTS.index(verdict)


def winner(verdict: str) -> Side | None:
    """``"A"``, ``"B"``, or None for a tie."""
    code = code_of(verdict)
    return None if code == 2 else "A" if code < 2 else "B"


def is_strong(verdict: str) -> bool:
    """True for ``A>>B`` and ``B>>A``."""
    return ">>" in verdict


def swapped(verdict: str) -> str:
    """The same outcome told with the sides exchanged: ``A>>B`` -> ``B>>A``."""
    return VERDICTS[len(VERDICTS) - 1 - code_of(verdict)]


def score_of(side: Side, verdict: str, weighting: Weighting = "strong3") -> float:
    """The score, 0 to 1, of the model that stood on ``side``."""
    of_a = float(scale(weighting).score_of_a[code_of(verdict)])
    return of_a if side == "A" else 1.0 - of_a


def weight_of(verdict: str, weighting: Weighting = "strong3") -> float:
    """How many votes the verdict counts."""
    return float(scale(weighting).weight[code_of(verdict)])
