from __future__ import annotations

from typing import Any

import pytest

from benchbuilder.settings import SampleSettings
from benchbuilder.views.curation import _change_worth_trying


@pytest.mark.parametrize(
    ("settings", "reasons", "threshold", "tried"),
    [
        ({"target": 40}, {"selected": 40, "target_reached": 9}, 6, "sample.target=80"),
        ({"max_share": 0.1}, {"selected": 38, "target_reached": 80}, 6, "sample.max_share=0.2"),
        ({"max_share": 0.7}, {"selected": 38, "target_reached": 80}, 6, "sample.max_share=1"),
        ({}, {"selected": 9, "below_min_score": 50}, 4, "sample.min_score=3"),
        ({}, {"selected": 9, "below_min_score": 50}, 5.5, "sample.min_score=5"),
        ({}, {"below_min_score": 50}, 0.5, "sample.min_score=0"),
        ({}, {"selected": 9}, 0, None),
        ({"target": None}, {"selected": 9, "near_duplicate": 3}, 6, None),
    ],
)
def test_the_setting_to_try_is_the_one_that_held_most_back(
    settings: dict[str, Any], reasons: dict[str, int], threshold: float, tried: str | None
) -> None:
    figures = {
        "reasons": reasons,
        "threshold": threshold,
        "selected": reasons.get("selected", 0),
    }
    decisive = SampleSettings(**settings).decisive()
    made = {"made_from": {"settings": decisive}, "figures": figures}
    assert _change_worth_trying(made) == tried
