"""What can be said for and against each judge: agreement, consistency, preferences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from itertools import combinations
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.judging.stopping import without_stopped
from benchbuilder.stats.judge_agreement import judge_agreement
from benchbuilder.stats.judge_health import judge_health
from benchbuilder.stats.opinions import (
    Opinions,
    opinions_of_judges,
    opinions_of_votes,
    outcome_agreement,
)
from benchbuilder.stats.self_preference import judges_of_other_families, self_preference

Document = dict[str, Any]


def validation_document(
    judgments: pa.Table,
    *,
    answers: pa.Table | None = None,
    votes: pa.Table | None = None,
    names: Mapping[str, str] | None = None,
    confidence: float = 0.95,
) -> Document:
    """The JSON of ``validate judge``.

    ``judgments``: ``schemas.JUDGMENTS``, of one judge or more; ``answers`` (for lengths);
    ``votes``: question_id, model_a, model_b, winner, with ``names`` from our names to theirs.

    Raises:
        InputError: votes without questions, or a verdict or winner that is none.
    """
    games = without_stopped(judgments)
    by_judge = opinions_of_judges(games)
    people = None if votes is None else opinions_of_votes(votes, names)
    baselines = frozenset(games["baseline"].to_pylist())
    several = judge_agreement(games)
    return {
        "judges": [
            _consistency(judge, games, answers)
            | {"humans": _against(found, people, confidence)}
            | {"self_preference": _self_preference(judge, by_judge, people, baselines)}
            for judge, found in by_judge.items()
        ],
        "between_judges": [
            {"judges": [one, two]}
            | asdict(outcome_agreement(by_judge[one], by_judge[two], confidence=confidence))
            for one, two in combinations(by_judge, 2)
        ],
        "alpha": {"value": several.alpha, "games": several.games, "reason": several.reason},
        "confidence": confidence,
    }


def _consistency(judge: str, games: pa.Table, answers: pa.Table | None) -> Document:
    own = games.filter(pc.equal(games["judge"], judge))
    health = judge_health(own, answers=answers)
    length = health.length
    return {
        "judge": judge,
        "games": health.games,
        "null_fraction": health.null_fraction,
        "swap": {
            "pairs": health.pairs,
            "same_winner": health.swap_agreement,
            "opposite_winner": health.flip_fraction,
            "position_bias": health.position_bias,
        },
        "tie_fraction": health.tie_fraction,
        "length": None if length is None else asdict(length),
    }


def _against(found: Opinions, people: Opinions | None, confidence: float) -> Document | None:
    return (
        None if people is None else asdict(outcome_agreement(found, people, confidence=confidence))
    )


def _self_preference(
    judge: str,
    by_judge: Mapping[str, Opinions],
    people: Opinions | None,
    baselines: frozenset[str],
) -> Document:
    """Held against people where they judged the same, else against judges of other families."""
    others = judges_of_other_families(judge, by_judge) if people is None else [people]
    found = asdict(self_preference(judge, by_judge[judge], others, baselines=baselines))
    del found["judge"]
    return found | {"against": "humans" if people is not None else "judges of other families"}
