"""The checks of a judge with a plain verdict each: fine, look or problem, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchbuilder.text.counting import count_of
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
    "null_fraction": "Ask for them again: `benchbuilder judge` asks for failed games only.",
    "position_bias": "Judge every question from both sides, so that it cancels; try another judge.",
    "flip_fraction": "Read the games that flipped: `--browse DIR`. Clear instructions help.",
    "tie_fraction": "Ties tell no models apart: ask harder questions or a stronger judge.",
    "longer_wins": "Compare the leaderboard at equal length: `--style length`.",
    "self_play": "The judge sees a difference where there is none: do not use it alone.",
    "alpha": "Read games on which the judges differ; give each judge its own leaderboard.",
}
#: What to do about games without a verdict, by the most frequent reason.
ADVICE_BY_REASON = {
    "missing_answer": "Answers are missing: `benchbuilder answer`, or a file that has them.",
    "empty_answer": "Answers are empty: have them answered anew.",
    "failed_answer": "Answers failed: `benchbuilder answer` asks for those again.",
    "not_recorded": "The file lacks these games: give a whole one, or ask a judge for them.",
    "parse_error": "Read the texts: `--browse DIR`; `benchbuilder judge` asks a judge again.",
    "refused": "The judge refuses these questions: try another one.",
    "content_filter": "A filter stops these questions: try another judge.",
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
    "self_play": "needs games of the baseline against itself: `judge --set judge.self_play=true`",
    "alpha": "needs two judges on the same games: `judge --set judge.panel=[NAME]`",
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


def _core_checks(health: Board) -> list[Check]:
    """The checks that every report has."""
    games = health["games"]
    pairs = f"{count_of(health['pairs'], 'answer')} judged from both sides"
    decided = games - sum(health["by_reason"].values())
    bias = health["position_bias"]
    return [
        _check(
            "null_fraction",
            "games without a verdict",
            health["null_fraction"],
            count_of(games, "game"),
            _rare(health["null_fraction"]),
            advice=_about_nulls(health["by_reason"]),
        ),
        _check("position_bias", "worth of standing first (points)", bias, pairs, _points(bias)),
        _check(
            "flip_fraction",
            "answer pairs whose winner flips with the sides",
            health["flip_fraction"],
            pairs,
        ),
        _check(
            "tie_fraction",
            "ties",
            health["tie_fraction"],
            f"{count_of(decided, 'game')} with a verdict",
        ),
    ]


def all_checks(board: Board) -> list[Check]:
    """The core, and those that need more: token counts, games against itself, several judges."""
    length, own = board["judge_health"]["length"], board["judge_health"]["self_play"]
    several = board["judge_agreement"]
    longer = length["longer_wins"] if length else None
    off = own["win_rate"] - 0.5 if own and own["win_rate"] is not None else None
    alpha = several["alpha"]
    return [
        *_core_checks(board["judge_health"]),
        _check(
            "longer_wins",
            "the longer answer wins",
            longer,
            f"{count_of(length['games'], 'decided game')} of unequal length" if length else "",
        ),
        _check(
            "self_play",
            "the baseline against itself, off 50 % (points)",
            off,
            count_of(own["games"], "game") if own else "",
            _points(off),
        ),
        _check(
            "alpha",
            "agreement of the judges (Krippendorff's α)",
            alpha,
            f"{count_of(several['games'], 'game')} decided by two judges or more",
            "–" if alpha is None else f"{alpha:.2f}",
        ),
    ]


def _about_nulls(by_reason: Board) -> str:
    most = max(by_reason, key=lambda reason: by_reason[reason], default="")
    return ADVICE_BY_REASON.get(most, ADVICE["null_fraction"])


def _check(
    key: str,
    name: str,
    value: float | None,
    counted: str,
    shown: str | None = None,
    advice: str | None = None,
) -> Check:
    found = verdict(key, value)
    if found in (UNKNOWN, FINE):
        advice = NOT_MEASURED.get(key) if found == UNKNOWN else None
    else:
        advice = advice or ADVICE[key]
    shown = percent(value) if shown is None else shown
    return Check(key, name, value, shown, "" if value is None else counted, found, advice)


def _rare(share: float | None) -> str:
    """A share that does not read as nothing while there is something."""
    return "< 0.1%" if share is not None and 0 < share < 0.0005 else percent(share)


def _points(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:+.1f}"
