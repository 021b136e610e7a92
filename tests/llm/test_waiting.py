"""How long a server asks to wait."""

from __future__ import annotations

import pytest

from benchbuilder.llm.waiting import asked_wait, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20", 20.0), ("0.5", 0.5), ("1m30s", 90.0), ("6ms", 0.006), ("1h2m3.5s", 3723.5),
     ("2d", 172800.0), ("", None), ("soon", None), ("1m30", None), ("-3", None)],
)  # fmt: skip
def test_durations(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "3", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 1970 00:02:00 GMT"}, 20.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0.0),
        ({"retry-after": "later"}, None),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m30s"}, 90.0),
        ({"x-ratelimit-remaining-tokens": "9", "x-ratelimit-reset-tokens": "1m30s"}, None),
    ],
)
def test_headers(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_wait(headers, now=100.0) == seconds
