"""The checks of a judge with a plain verdict each: fine, look or problem, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchbuilder.views.tables import percent

Board = dict[str, Any]

#: From here on a check of the judge asks for a look, and for action. The limits of ``alpha`` are
#: Krippendorff's own (Content Analysis, 2004) and count downward.
LIMITS = {
    "null_fraction": (0.01, 0.05),
    "position_bias": (0.03, 0.10),
    "flip_fraction": (0.10, 0.25),
    "tie_fraction": (0.30, 0.60),
    "longer_wins": (0.65, 0.85),
    "self_play": (0.03, 0.10),
    "alpha": (0.800, 0.667),
}
FINE, LOOK, PROBLEM, UNKNOWN = "fine", "look", "problem", "not measured"
ADVICE = {
    "null_fraction": "Run `benchbuilder judge` again: it asks only for games without a verdict.",
    "position_bias": "Judge every question from both sides, so that it cancels; try another judge.",
    "flip_fraction": "Read the games that flipped: `--browse DIR`. Clear instructions help.",
    "tie_fraction": "Ties tell no models apart: ask harder questions or a stronger judge.",
    "longer_wins": "Compare the leaderboard at equal length: `--style length`.",
    "self_play": "The judge sees a difference where there is none: do not use it alone.",
    "alpha": "Read games on which the judges differ; give each judge its own leaderboard.",
}
SHORT_NAMES = {
    "null_fraction": "missing verdicts",
    "position_bias": "the side of an answer",
    "flip_fraction": "flips",
    "tie_fraction": "ties",
    "longer_wins": "length",
    "self_play": "games against itself",
    "alpha": "agreement of judges",
}
NOT_MEASURED = {
    "longer_wins": "needs answers with token counts: `--answers FILE`",
    "self_play": "needs games of the baseline against itself",
    "alpha": "needs two judges on the same games",
}


@dataclass(frozen=True)
class Check:
    """One check: ``value`` as a number, ``shown`` in words, ``counted``: what it is a share of."""

    key: str
    name: str
    value: float | None
    shown: str
    counted: str
    verdict: str
    advice: str | None


def verdict(key: str, value: float | None) -> str:
    """Fine, look or problem by ``LIMITS``; a value that does not exist is not measured."""
    if value is None:
        return UNKNOWN
    look, problem = LIMITS[key]
    if look > problem:  # the larger the better
        return PROBLEM if value < problem else LOOK if value < look else FINE
    size = abs(value)
    return PROBLEM if size >= problem else LOOK if size >= look else FINE


def core_checks(health: Board) -> list[Check]:
    """The checks that every report has."""
    games, pairs = health["games"], f"{health['pairs']:,} answers judged from both sides"
    decided = games - sum(health["by_reason"].values())
    bias = health["position_bias"]
    return [
        _check(
            "null_fraction", "games without a verdict", health["null_fraction"], f"{games:,} games"
        ),
        _check("position_bias", "worth of standing first (points)", bias, pairs, _points(bias)),
        _check(
            "flip_fraction",
            "answer pairs whose winner flips with the sides",
            health["flip_fraction"],
            pairs,
        ),
        _check("tie_fraction", "ties", health["tie_fraction"], f"{decided:,} games with a verdict"),
    ]


def all_checks(board: Board) -> list[Check]:
    """The core, and those that need more: token counts, games against itself, several judges."""
    length, own = board["judge_health"]["length"], board["judge_health"]["self_play"]
    several = board["judge_agreement"]
    longer = length["longer_wins"] if length else None
    off = own["win_rate"] - 0.5 if own and own["win_rate"] is not None else None
    alpha = several["alpha"]
    return [
        *core_checks(board["judge_health"]),
        _check(
            "longer_wins",
            "the longer answer wins",
            longer,
            f"{length['games']:,} decided games of unequal length" if length else "",
        ),
        _check(
            "self_play",
            "the baseline against itself, off 50 % (points)",
            off,
            f"{own['games']:,} games" if own else "",
            _points(off),
        ),
        _check(
            "alpha",
            "agreement of the judges (Krippendorff's α)",
            alpha,
            f"{several['games']:,} games decided by two judges or more",
            "–" if alpha is None else f"{alpha:.2f}",
        ),
    ]


def _check(
    key: str, name: str, value: float | None, counted: str, shown: str | None = None
) -> Check:
    found = verdict(key, value)
    advice = NOT_MEASURED.get(key) if found == UNKNOWN else None if found == FINE else ADVICE[key]
    shown = percent(value) if shown is None else shown
    return Check(key, name, value, shown, "" if value is None else counted, found, advice)


def _points(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:+.1f}"
