from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from benchbuilder.sources.fields import (
    canonical_category,
    parse_flags,
    parse_id,
    parse_name,
    parse_timestamp,
)

MOMENT = datetime(2023, 4, 9, 0, 26, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        1681000000,
        1681000000.0,
        1681000000000,
        1681000000000000,
        1681000000000000000,
        "1681000000",
        "1681000000000000000",
        "2023-04-09 00:26:40",
        "2023-04-09T00:26:40Z",
        "2023-04-09 00:26:40 UTC",
        "2023-04-09T02:26:40+02:00",
        datetime(2023, 4, 9, 0, 26, 40),
        datetime(2023, 4, 9, 2, 26, 40, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_times_in_any_unit_and_spelling_are_one_moment_in_utc(value: Any) -> None:
    assert parse_timestamp(value) == MOMENT
    assert parse_timestamp(value).tzinfo is UTC  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "value",
    [
        None, True, "", "yesterday", [], float("nan"), float("inf"), -1e10 * 9, 10**400,
        "0001-01-01T00:00:00+23:00", "1e400",
    ],
)  # fmt: skip
def test_what_is_no_time_has_none(value: Any) -> None:
    assert parse_timestamp(value) is None


@pytest.mark.parametrize(
    ("value", "id_"),
    [
        ("00012", "00012"),
        ("1e5", "1e5"),
        ("NaN", "NaN"),
        (12, "12"),
        (2**80, str(2**80)),
        (" ", None),
        (None, None),
        (True, None),
        (float("nan"), None),
        ({"a": 1}, None),
    ],
)
def test_ids_are_strings_and_never_retyped(value: Any, id_: str | None) -> None:
    assert parse_id(value) == id_


def test_names_are_texts() -> None:
    assert [parse_name(value) for value in (" gpt-4 ", "", None, 4)] == ["gpt-4", None, None, None]


@pytest.mark.parametrize(
    ("names", "one"),
    [
        (("harassment/threatening", "harassment_threatening"), "harassment/threatening"),
        (("self-harm", "self_harm"), "self-harm"),
        (("self-harm/intent", "self_harm_intent"), "self-harm/intent"),
        (("sexual/minors", "sexual_minors", "Sexual/Minors"), "sexual/minors"),
        (("violence",), "violence"),
    ],
)
def test_a_category_has_one_spelling(names: tuple[str, ...], one: str) -> None:
    assert {canonical_category(name) for name in names} == {one}


@pytest.mark.parametrize(
    ("record", "flags"),
    [
        ({}, ()),
        ({"openai_moderation": [{"flagged": False, "categories": {"hate": True}}]}, ()),
        ({"openai_moderation": {"flagged": True, "categories": {"hate": True}}}, ("hate",)),
        ({"openai_moderation": '[{"flagged": true, "categories": {}}]'}, ("flagged",)),
        ({"openai_moderation": "no JSON"}, ()),
        ({"openai_moderation": [None, 3, {"flagged": True}], "toxic": True}, ("flagged", "toxic")),
        ({"toxic": False, "flagged": None}, ()),
    ],
)
def test_flags_of_a_row(record: dict[str, Any], flags: tuple[str, ...]) -> None:
    assert parse_flags(record) == flags
