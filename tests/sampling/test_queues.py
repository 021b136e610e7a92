from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from benchbuilder.sampling.candidates import Candidate, lot, lot_fraction
from benchbuilder.sampling.deal import Deal, deal
from benchbuilder.sampling.limits import Limits
from benchbuilder.sampling.queues import Queue, lay_out
from benchbuilder.sampling.topics import Topic, group_by_topic
from benchbuilder.sampling.vectors import Vectors
from benchbuilder.settings import SampleSettings


def candidate(name: str, topic: int = 0, score: int = 6, seed: int = 0) -> Candidate:
    return Candidate(name, topic, score, None, None, lot(seed, name), "en", 10)


def topics_of(*candidates: Candidate) -> list[Topic]:
    return group_by_topic(candidates, lambda c: True, SampleSettings())


def dealt(queues: list[Queue], count: int, settings: SampleSettings) -> list[str]:
    so_far = Deal()
    limits = Limits(settings, count, {}, None)
    deal(queues, limits, so_far, lambda: len(so_far.chosen) >= count)
    return list(so_far.chosen)


def test_equal_weights_go_round() -> None:
    settings = SampleSettings(pick_prompts="best")
    topics = topics_of(*[candidate(f"t{t}-{n}", t) for t in range(3) for n in range(4)])
    chosen = dealt(lay_out(topics, settings, None), 6, settings)
    assert [name.split("-")[0] for name in chosen] == ["t0", "t1", "t2"] * 2


def test_proportional_shares_follow_the_sizes() -> None:
    """60, 30 and 10 prompts: of ten questions six, three and one."""
    settings = SampleSettings(strategy="proportional")
    sizes = {0: 60, 1: 30, 2: 10}
    topics = topics_of(
        *[candidate(f"{t}-{n}", t) for t, size in sizes.items() for n in range(size)]
    )
    chosen = dealt(lay_out(topics, settings, None), 10, settings)
    assert Counter(name.split("-")[0] for name in chosen) == {"0": 6, "1": 3, "2": 1}


def test_score_weighted_draws_in_proportion_to_the_score() -> None:
    """The first draw between a 7 and a 1 goes to the 7 with a chance of 7/8."""
    settings = SampleSettings(strategy="score-weighted")
    rounds = 4000
    first = Counter(
        dealt(
            lay_out(
                topics_of(candidate("high", score=7, seed=s), candidate("low", score=1, seed=s)),
                settings,
                None,
            ),
            1,
            settings,
        )[0]
        for s in range(rounds)
    )
    assert first["high"] / rounds == pytest.approx(7 / 8, abs=0.02)


def test_lots_are_uniform() -> None:
    drawn = np.array([lot_fraction(lot(0, str(n))) for n in range(2000)])
    assert drawn.min() > 0
    assert drawn.max() < 1
    assert np.histogram(drawn, bins=4, range=(0, 1))[0] == pytest.approx([500] * 4, abs=80)


def test_diverse_takes_the_best_and_then_the_farthest() -> None:
    angles = {"best": 0.0, "near": 0.1, "side": 1.0, "far": 2.0}
    table = pa.table(
        {
            "prompt_id": list(angles),
            "vector": pa.array(
                [[np.cos(a), np.sin(a)] for a in angles.values()], pa.list_(pa.float32())
            ),
            "truncated": [False] * len(angles),
        }
    )
    topics = topics_of(candidate("best", score=7), *[candidate(n) for n in angles if n != "best"])
    settings = SampleSettings(strategy="diverse")
    queues = lay_out(topics, settings, Vectors(table))
    assert [c.prompt_id for c in queues[0].candidates] == ["best", "far", "side", "near"]


def test_a_topic_keeps_its_turn_when_its_first_prompt_cannot_be_taken() -> None:
    settings = SampleSettings(at_most={"language": {"de": 0}})  # type: ignore[arg-type]  # parsed
    german = Candidate("a-german", 0, 7, None, None, "0", "de", 10)
    topics = topics_of(german, candidate("b", 0), candidate("c", 1), candidate("d", 1))
    chosen = dealt(lay_out(topics, settings, None), 2, settings)
    assert "b" in chosen
    assert len(set(chosen) & {"c", "d"}) == 1
