"""The human ranking and its join to our models."""

from __future__ import annotations

import pyarrow as pa
import pytest

from benchbuilder.errors import InputError, SchemaError
from benchbuilder.stats.human import human_ranking, match_models


def test_a_ranking_with_limits() -> None:
    table = pa.table(
        {"model": ["a", "b"], "rating": [1200, 1100], "lower": [1190, None], "upper": [1210, 1105]}
    )
    human = human_ranking(table)
    assert human.has_limits
    assert human.lower.tolist() == [1190, 1100]
    assert human.upper.tolist() == [1210, 1105]


def test_a_ranking_without_limits() -> None:
    human = human_ranking(pa.table({"model": ["a", "b"], "rating": [2.0, 1.0]}))
    assert not human.has_limits
    assert human.lower.tolist() == human.upper.tolist() == [2.0, 1.0]


def test_models_are_matched_by_name_or_map_and_never_guessed() -> None:
    human = human_ranking(
        pa.table({"model": ["gpt-4o-2024", "Claude-3", "other"], "rating": [3.0, 2.0, 1.0]})
    )
    match = match_models(["claude-3", "gpt-4o", "other"], human, {"gpt-4o": "gpt-4o-2024"})
    assert match.models == ("gpt-4o", "other")
    assert match.ours.tolist() == [1, 2]
    assert match.theirs.tolist() == [0, 2]
    assert match.unmatched_ours == ("claude-3",)
    assert match.unmatched_theirs == ("Claude-3",)


def test_bad_rankings_say_why() -> None:
    with pytest.raises(SchemaError, match="rating"):
        human_ranking(pa.table({"model": ["a"]}))
    with pytest.raises(InputError, match="a more than once"):
        human_ranking(pa.table({"model": ["a", "a"], "rating": [1, 2]}))
    with pytest.raises(InputError, match="no rating for 'b'"):
        human_ranking(pa.table({"model": ["a", "b"], "rating": [1, None]}))
    human = human_ranking(pa.table({"model": ["a"], "rating": [1]}))
    with pytest.raises(InputError, match="matched to a"):
        match_models(["a", "b"], human, {"b": "a"})
