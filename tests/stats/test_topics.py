"""Leaderboards by topic and their consensus."""

from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.stats.battles import battles_from_scores, build_battles, select_prompts
from benchbuilder.stats.topics import borda, topic_rates
from benchbuilder.stats.win_rate import win_rates

from .cases import random_judgments


def test_each_topic_is_a_leaderboard_of_its_prompts() -> None:
    battles = build_battles(random_judgments(4, 30, seed=1, nulls=0.05))
    topics = {p: ("odd" if int(p[1:]) % 2 else "even") for p in battles.prompts if p < "p028"}
    found = topic_rates(battles, topics)
    assert found.topics == ("even", "odd")
    assert found.without_topic == 2
    for column, topic in enumerate(found.topics):
        chosen = [p for p, name in topics.items() if name == topic]
        alone = win_rates(select_prompts(battles, chosen))
        assert found.win_rate[:, column] == pytest.approx(alone.win_rate)
        assert found.prompts[:, column].tolist() == alone.units.tolist()
        full = (found.prompts[:, column] == found.prompts[:, column].max()).nonzero()[0]
        assert found.standard_error[full, column] == pytest.approx(
            alone.standard_error[full], rel=0.01
        )


def test_the_consensus_gives_every_topic_one_voice() -> None:
    # One large topic that "big" wins, two small ones that "broad" wins.
    score = np.array([[1.0] * 60 + [0.0] * 20, [0.0] * 60 + [1.0] * 20])
    prompts = [f"p{place:02d}" for place in range(80)]
    battles = battles_from_scores(score, np.ones_like(score), ["big", "broad"], prompts)
    topics = {p: "large" if i < 60 else f"small{i % 2}" for i, p in enumerate(prompts)}
    found = topic_rates(battles, topics)
    assert found.counted == ("large", "small0", "small1")
    assert win_rates(battles).win_rate.argmax() == 0
    assert found.borda.tolist() == [pytest.approx(1 / 3), pytest.approx(2 / 3)]


def test_thin_topics_are_shown_but_have_no_voice() -> None:
    battles = build_battles(random_judgments(3, 12, seed=2))
    found = topic_rates(battles, {p: "one" if p == "p000" else "rest" for p in battles.prompts})
    assert found.counted == ("rest",)
    assert np.isfinite(found.win_rate).all()
    assert np.isnan(found.standard_error[:, 0]).all()
    assert found.prompts[:, 0].tolist() == [1, 1, 1]


def test_borda_counts_ties_by_half_and_leaves_out_what_is_unknown() -> None:
    rates = np.array([[0.9, np.nan], [0.5, 0.4], [0.5, 0.6]])
    assert borda(rates).tolist() == [1.0, pytest.approx(0.125), pytest.approx(0.625)]
    assert np.isnan(borda(np.full((2, 1), np.nan))).all()
    assert np.isnan(topic_rates(build_battles(random_judgments(2, 3, seed=3)), {}).borda).all()
