"""Outcomes become calls, calls become completions."""

from __future__ import annotations

import pytest

from benchbuilder.llm.outcome import Outcome
from benchbuilder.llm.reading import as_call, read_call
from benchbuilder.llm.types import Accept, Completion


def refuse(text: str) -> str | None:
    return "no"


def anything(text: str) -> str | None:
    return None


@pytest.mark.parametrize(
    ("outcome", "accept", "status", "final", "detail"),
    [
        (Outcome("ok", "x"), anything, "ok", True, None),
        (Outcome("ok", "x"), refuse, "parse_error", False, "no"),
        (Outcome("truncated", "x", detail="cut"), refuse, "truncated", False, "cut"),
        (Outcome("content_filter", detail="f"), refuse, "content_filter", True, "f"),
    ],
)
def test_only_usable_outcomes_are_final(
    outcome: Outcome, accept: Accept, status: str, final: bool, detail: str | None
) -> None:
    call = as_call("k", "a", "m", outcome, accept)
    assert (call.status, call.final, call.detail) == (status, final, detail)
    assert read_call(call, accept, cached=False).status == status


def test_a_text_is_put_to_the_parser_of_today() -> None:
    call = as_call("k", "a", "m", Outcome("ok", "x"), refuse)
    assert read_call(call, anything, cached=True) == Completion("a", "ok", "x", cached=True)
    cut = as_call("k", "a", "m", Outcome("truncated", "x"), anything)
    assert read_call(cut, anything, cached=True).status == "truncated"
