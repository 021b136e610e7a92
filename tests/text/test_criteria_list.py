"""Lists of criteria as models really write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.text.criteria_list import parse_criteria


@pytest.mark.parametrize(
    ("text", "criteria"),
    [
        ("[1,2,3]", {1, 2, 3}),
        ("[1, 2, 3]", {1, 2, 3}),
        ("1, 2 and 3", {1, 2, 3}),
        ("1, 2, and 3.", {1, 2, 3}),
        ("```json [1,2]```", {1, 2}),
        ("```json\n[1,2]\n```", {1, 2}),
        ("[]", set()),
        ("[ ]", set()),
        ("None of the criteria", set()),
        ("It is small talk.\n\nNone of the seven criteria are met.", set()),
        ("**None**", set()),
        ("It is precise (1) and hard.\n**Criteria:** 1, 4", {1, 4}),
        ("first [1, 2], then [4, 5]\nDone.", {4, 5}),
        ("[1, 2] meets it, [3] too", {3}),
        ("[2, 2, 7, 2]", {2, 7}),
        ('["1", "2"]', {1, 2}),
        ("[1 and 2]", {1, 2}),
        ("[[1, 2]]", {1, 2}),
        ("[1, 2,]", {1, 2}),
        ("[Note] The answer is [6].", {6}),
        ('{"reason": "as in [1]", "criteria": [2, 3]}', {2, 3}),
        ('{"criteria": [2, 3], "reason": "not [7]"}', {2, 3}),
        ('```json\n{"reason": "x", "criteria": []}\n```', set()),
        ('{"reason": "x", "criteria": [4]} I hope this helps with [1].', {4}),
    ],
)
def test_lists_that_can_be_read(text: str, criteria: set[int]) -> None:
    assert parse_criteria(text) == criteria


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("$ERROR$", "no list"),
        ("[1, 2, 8]", "unknown criterion 8"),
        ("[0]", "unknown criterion 0"),
        ("[-1]", "unknown criterion -1"),
        ("1, 2 and 9", "unknown criterion 9"),
        ("[1, 2", "cut"),
        ("I weighed [1, 2, 3]; in the end [1, 2", "cut"),
        ("[", "cut"),
        ("[1-7]", "not a list"),
        ("[1, 2, and maybe 3]", "not a list"),
        ("[1.5]", "unknown criterion 1.5"),
        ("3", "no list"),
        ("Score: 7", "no list"),
        ("none of the criteria except 3 and 4", "no list"),
        ("[specificity, complexity]", "no list"),
        ('{"reason": "as in [1, 2] and', "broken or cut"),
        ('{"reason": "x", "criteria": [1, 2', "broken or cut"),
        ('{"reason": "x"}', "no list under"),
        ('{"criteria": "1, 2"}', "no list under"),
        ('{"criteria": [1, 9]}', "unknown criterion 9"),
        ('{"criteria": [true]}', "unknown criterion True"),
    ],
)
def test_what_cannot_be_read_has_a_reason(text: str, reason: str) -> None:
    parsed = parse_criteria(text)
    assert isinstance(parsed, str)
    assert reason in parsed


@given(st.sets(st.integers(1, 7)), st.text(alphabet="ab \n[]{},.1", max_size=40))
def test_the_last_list_counts_whatever_stands_before(criteria: set[int], before: str) -> None:
    assert parse_criteria(f"so {before}\n{sorted(criteria)}") == criteria


@given(st.text())
def test_every_text_gives_criteria_or_a_reason(text: str) -> None:
    parsed = parse_criteria(text)
    assert parsed if isinstance(parsed, str) else parsed <= set(range(1, 8))
