"""Digests of values and files."""

from __future__ import annotations

from benchbuilder.digests import value_digest


def test_a_value_digest_ignores_the_order_of_keys() -> None:
    assert value_digest({"a": 1, "b": [2]}) == value_digest({"b": [2], "a": 1})
    assert value_digest({"a": 1}) != value_digest({"a": 2})
