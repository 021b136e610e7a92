"""How often an outcome is asked again."""

from __future__ import annotations

import asyncio

import pytest

from benchbuilder.llm.outcome import Outcome
from benchbuilder.llm.retry import with_retries


@pytest.mark.parametrize(
    ("statuses", "attempts", "last", "tries"),
    [
        (["ok"], 6, "ok", 1),
        (["server_error", "ok"], 6, "ok", 2),
        (["server_error"], 4, "server_error", 4),
        (["timeout"], 1, "timeout", 1),
        (["bad_response"], 6, "bad_response", 2),
        (["bad_response", "ok"], 6, "ok", 2),
        (["bad_response"], 1, "bad_response", 1),
        (["rate_limited"], 3, "rate_limited", 15),
        (["rate_limited"] * 10 + ["ok"], 3, "ok", 11),
        (["server_error", "timeout", "server_error", "ok"], 3, "ok", 4),
        (["truncated", "ok"], 6, "truncated", 1),
        (["bad_request", "ok"], 6, "bad_request", 1),
        (["auth_failed", "ok"], 6, "auth_failed", 1),
    ],
)
def test_tries_are_bounded_by_kind(
    statuses: list[str], attempts: int, last: str, tries: int
) -> None:
    made = 0

    async def attempt() -> Outcome:
        nonlocal made
        made += 1
        return Outcome(statuses[min(made, len(statuses)) - 1])

    assert asyncio.run(with_retries(attempt, attempts=attempts)).status == last
    assert made == tries


def test_bugs_are_not_retried() -> None:
    async def attempt() -> Outcome:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(with_retries(attempt, attempts=5))
