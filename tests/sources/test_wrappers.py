from __future__ import annotations

from typing import Any

import pytest

from benchbuilder.sources.records import Broken, Record
from benchbuilder.sources.wrappers import unwrap

ROW = {"prompt": "Why?"}


@pytest.mark.parametrize(
    ("content", "within"),
    [
        ({"data": [ROW, ROW], "meta": {"page": 1}}, [ROW, ROW]),
        ({"rows": [{"row_idx": 0, "row": ROW, "truncated_cells": []}], "features": []}, [ROW]),
        ({"row_idx": 3, "row": ROW}, [ROW]),
        ({"resourceSpans": []}, []),
        ({"resourceSpans": [{"scopeSpans": [{"spans": [ROW]}]}, None]}, [ROW]),
    ],
)
def test_records_that_hold_others_are_taken_apart(content: Any, within: list[Any]) -> None:
    pieces = list(unwrap([Record(7, content)]))
    assert [piece.content for piece in pieces] == within
    assert [(piece.number, piece.part) for piece in pieces] == [
        (7, part) for part in range(1, len(within) + 1)
    ]


@pytest.mark.parametrize(
    "content",
    [
        ROW,
        {"data": []},
        {"data": [1, 2]},
        {"data": [ROW], "prompt": "this record says something itself"},
        {"conversations": [{"from": "human", "value": "Why?"}]},
        Broken("noise"),
    ],
)
def test_any_other_record_stays_as_it_is(content: Any) -> None:
    (piece,) = unwrap([Record(1, content)])
    assert (piece.number, piece.part, piece.content) == (1, None, content)
