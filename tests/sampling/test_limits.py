from __future__ import annotations

import pytest
from pydantic import ValidationError

from benchbuilder.sampling.choice import questions_wanted
from benchbuilder.sampling.limits import demands, quota
from benchbuilder.settings import Quotas, SampleSettings


def test_a_quota_is_a_count_or_a_share_of_what_is_asked_for() -> None:
    assert quota({"en": 30}, 100, "en") == 30
    assert quota({"en": 0.6}, 100, "en") == 60
    assert quota({"en": 0.29}, 100, "en") == 29
    assert quota({"en": 0}, 100, "en") == 0
    assert quota({"en": 30}, 100, "de") is None


def test_the_star_stands_for_every_other_value() -> None:
    values = {"en": 30, "*": 2}
    assert (quota(values, 100, "en"), quota(values, 100, "de")) == (30, 2)
    assert quota({"Python": 4, "*": 2}, 100, "17", "Python") == 4


def test_demands_are_listed_by_name() -> None:
    quotas = Quotas(language={"ja": 5, "de": 0.1, "*": 9}, topic={"3": 2})
    assert demands(quotas, 50) == [("language", "de", 5), ("language", "ja", 5), ("topic", "3", 2)]


def test_a_share_needs_a_target() -> None:
    with pytest.raises(ValidationError, match=r"is a share of `sample\.target`"):
        SampleSettings(target=None, at_most=Quotas(language={"en": 0.5}))


def test_the_share_is_one_of_the_questions_asked_for_however_many_are_found() -> None:
    """Of 1,000 prompts and a target of 500, max_share 0.1 asks for 100."""
    settings = SampleSettings(target=500, max_share=0.1)
    assert quota({"en": 0.5}, questions_wanted(settings, 1000), "en") == 50
    assert quota({"en": 0.5}, questions_wanted(settings, 994), "en") == 50, "99.4 is asked as 100"
