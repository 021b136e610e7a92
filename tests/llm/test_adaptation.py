"""Fields that a model does not take."""

from __future__ import annotations

from benchbuilder.llm.adaptation import adapt, adaptation_note

BODY = {"model": "m", "temperature": 0, "max_tokens": 9, "response_format": {}}


def test_fields_are_renamed_or_left_out() -> None:
    assert adapt(BODY, []) == BODY
    assert adapt(BODY, ["temperature", "top_p"]) == {
        "model": "m",
        "max_tokens": 9,
        "response_format": {},
    }
    assert adapt(BODY, ["max_tokens"])["max_completion_tokens"] == 9
    assert "max_tokens" not in adapt(BODY, ["max_tokens"])


def test_the_user_is_told() -> None:
    assert "max_completion_tokens in place of max_tokens" in adaptation_note("m", "max_tokens")
    assert "does not take temperature" in adaptation_note("m", "temperature")
