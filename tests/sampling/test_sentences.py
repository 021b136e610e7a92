"""What a user is told of a selection that is not what was asked for."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from benchbuilder.settings import SampleSettings
from tests.stages.test_sample import SMALL, draw, language_of


def test_a_quota_that_nobody_falls_under_is_said_with_the_nearest_name() -> None:
    _, _, observe = draw(
        SMALL,
        min_score=6,
        target=3,
        at_most={"language": {"fr": 3, "de": 2, "*": 9}, "topic": {"topik 1": 2, "1": 3}},
        at_least={"topic": {"77": 1}},
    )
    assert observe.notes == [
        "0 questions of topic '77', not the 1 asked for",
        "sample.at_most.language names 'fr', and no prompt has that language: "
        "there are 'de', 'en', 'ja'",
        "sample.at_most.topic names 'topik 1', and no prompt has that topic: nearest is 'topic 1'",
        "sample.at_least.topic names '77', and no prompt has that topic: there are 'topic -1', "
        "'topic 0', 'topic 1', 'topic 2', '-1', '0', '1', '2'",
    ]


def test_more_wishes_than_questions_and_than_a_quota_allows_are_said() -> None:
    wishes = {"included": dict.fromkeys(("a2", "b1", "c5"), "keep.txt")}
    assert {language_of(name) for name in wishes["included"]} == {"ja"}
    reasons, _, observe = draw(
        SMALL, wishes, min_score=6, target=2, at_most={"language": {"ja": 1}}
    )
    assert sum(reason == "must_include" for reason in reasons.values()) == 3
    assert observe.notes == [
        "3 prompts must be included, more than the 2 asked for",
        "3 questions of language 'ja' must be included, 1 are allowed",
    ]


def test_wishes_that_a_limit_turns_down_are_one_sentence() -> None:
    wishes = {"included": dict.fromkeys(("a2", "b1", "c5"), "keep.txt")}
    reasons, _, observe = draw(SMALL, wishes, min_score=7, max_tokens=2, target=1)
    assert {reasons[name] for name in ("a2", "b1", "c5")} == {"too_long"}
    assert observe.notes == [
        "0 questions instead of the 1 asked for: 2 prompts have a score of 7 or more; kept out: "
        "2 too_long",
        "3 that must be included are not: too_long; the first is a2 (3 tokens, 2 allowed)",
    ]


def test_nothing_is_said_of_a_selection_as_it_was_asked_for() -> None:
    assert draw(SMALL, min_score=6, target=2)[2].notes == []


def test_no_share_of_the_prompts_is_no_benchmark() -> None:
    with pytest.raises(ValidationError):
        SampleSettings(max_share=0)
