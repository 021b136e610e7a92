"""Differences in style from the baseline's answer."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from benchbuilder.errors import SchemaError
from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.style_features import style_features

from .cases import judgments

BATTLES = build_battles(judgments({"m": [["B>A", "A>B"]] * 3}))


def answers(*rows: tuple[str, str, int | None, int]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"question_id": q, "model": m, "tokens": t, "headers": h, "lists": 0, "bold": 0}
            for q, m, t, h in rows
        ]
    )


def test_formulas_and_two_empty_answers() -> None:
    table = answers(
        ("p000", "m", 300, 3), ("p000", "base", 100, 1), ("p001", "m", 0, 0), ("p001", "base", 0, 0)
    )
    found = style_features(table, BATTLES)
    assert found.names == ("length", "headers", "lists", "bold")
    length, headers = found.values[0, 0], found.values[1, 0]
    assert length[:2].tolist() == [0.5, 0.0]
    ours, base = 3 / 301, 1 / 101
    assert headers[:2].tolist() == [pytest.approx((ours - base) / (ours + base + 1)), 0.0]
    assert np.isnan(found.values[:, 0, 2]).all()  # nobody's answer is known there


def test_length_alone_needs_tokens_alone() -> None:
    table = answers(("p000", "m", 300, 3), ("p000", "base", 100, 1))
    tokens = table.select(["question_id", "model", "tokens"])
    assert style_features(tokens, BATTLES, ["length"]).names == ("length",)
    assert style_features(table, BATTLES, ["markdown"]).names == ("headers", "lists", "bold")
    with pytest.raises(SchemaError, match="headers, lists, bold"):
        style_features(tokens, BATTLES, ["markdown"])


def test_samples_are_averaged_and_unknown_counts_stay_unknown() -> None:
    table = answers(
        ("p000", "m", 200, 0),
        ("p000", "m", 400, 0),
        ("p000", "base", 100, 0),
        ("p001", "m", None, 0),
        ("p001", "base", 100, 0),
    )
    length = style_features(table, BATTLES, ["length"]).values[0, 0]
    assert length[0] == 0.5
    assert np.isnan(length[1])
