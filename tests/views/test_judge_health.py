from __future__ import annotations

from typing import Any

import pytest

from benchbuilder.views.judge_health import ADVICE, LIMITS, all_checks, verdict


def board(**health: Any) -> dict[str, Any]:
    known = {
        "games": 200, "pairs": 90, "null_fraction": 0.0, "position_bias": 0.0,
        "flip_fraction": 0.0, "tie_fraction": 0.0, "by_reason": {}, "length": None,
        "self_play": None,
    }  # fmt: skip
    return {
        "judge_health": {**known, **health},
        "judge_agreement": {"alpha": health.get("alpha"), "games": 40},
    }


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("null_fraction", 0.0, "fine"),
        ("null_fraction", 0.01, "look"),
        ("null_fraction", 0.05, "problem"),
        ("position_bias", -0.031, "look"),
        ("position_bias", -0.2, "problem"),
        ("alpha", 0.9, "fine"),
        ("alpha", 0.7, "look"),
        ("alpha", 0.5, "problem"),
        ("flip_fraction", None, "not measured"),
    ],
)
def test_verdicts_follow_the_limits(key: str, value: float | None, expected: str) -> None:
    assert verdict(key, value) == expected


def test_every_check_has_limits_and_advice() -> None:
    assert {check.key for check in all_checks(board())} == set(LIMITS) == set(ADVICE)


def test_a_share_stands_beside_what_it_is_a_share_of() -> None:
    found = {c.key: c for c in all_checks(board(null_fraction=0.1, by_reason={"timeout": 20}))}
    assert found["null_fraction"].counted == "200 games"
    assert found["tie_fraction"].counted == "180 games with a verdict"
    assert found["flip_fraction"].counted == "90 answers judged from both sides"
    assert found["null_fraction"].advice is not None
    assert found["tie_fraction"].advice is None, "nothing to do where all is fine"


def test_what_was_not_measured_says_what_it_needs() -> None:
    found = {check.key: check for check in all_checks(board())}
    for key in ("longer_wins", "self_play", "alpha"):
        assert found[key].value is None
        assert found[key].shown == "–"
        assert found[key].verdict == "not measured"
        assert (found[key].advice or "").startswith("needs")


def test_games_of_the_baseline_against_itself_are_read_off_one_half() -> None:
    own = {"games": 40, "win_rate": 0.56}
    found = {check.key: check for check in all_checks(board(self_play=own))}
    assert found["self_play"].shown == "+6.0"
    assert found["self_play"].verdict == "look"


def test_one_game_of_many_without_a_verdict_does_not_read_as_none() -> None:
    found = all_checks(board(null_fraction=1 / 75_000, games=75_000, by_reason={"refused": 1}))
    assert found[0].shown == "< 0.1%"
    assert all_checks(board())[0].shown == "0.0%"
