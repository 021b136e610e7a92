"""What comes of a game, from a judge's text."""

from __future__ import annotations

from benchbuilder.judging.outcome import Outcome, outcome_of_text


def test_a_verdict_is_ok_and_anything_else_a_parse_error() -> None:
    assert outcome_of_text("so [[A>B]]", tokens=3) == Outcome(
        "ok", "A>B", None, "so [[A>B]]", tokens=3
    )
    assert outcome_of_text("who knows") == Outcome(
        "parse_error", None, "no verdict found", "who knows"
    )
