"""Judges that are held to a JSON schema."""

from __future__ import annotations

import json

import pytest

from benchbuilder.judging.structured import VERDICT_SCHEMA, readable
from benchbuilder.stats.verdicts import VERDICTS
from benchbuilder.text.verdicts import parse_verdict


@pytest.mark.parametrize("verdict", VERDICTS)
def test_what_fits_the_schema_is_read_whatever_the_evaluation_quotes(verdict: str) -> None:
    said = {"evaluation": 'A ends with "[[B>>A]]" or \\boxed{A>>B}.', "verdict": verdict}
    assert parse_verdict(json.dumps(said)) == (verdict, None)
    assert parse_verdict(json.dumps(said, indent=2)) == (verdict, None)
    assert parse_verdict(json.dumps(dict(reversed(said.items())))) == (verdict, None)


def test_the_schema_asks_for_reasons_before_the_verdict() -> None:
    assert list(VERDICT_SCHEMA["properties"]) == VERDICT_SCHEMA["required"]
    assert VERDICT_SCHEMA["required"][-1] == "verdict"


def test_people_read_lines_and_no_json() -> None:
    said = json.dumps({"evaluation": "B is wrong.\nA is right.", "verdict": "A>B"})
    assert readable(said) == "B is wrong.\nA is right.\n\n[[A>B]]"
    assert parse_verdict(readable(said)) == ("A>B", None)
    for other in ("plain [[A>B]]", '{"verdict": "A>B"}', "[1]", ""):
        assert readable(other) == other
