"""The strategies: which prompts are offered, in which order, and how the turns go round.

Every strategy is a list of queues with weights. The next turn goes to the queue with the smallest
``(2 × taken + 1) / weight`` (the divisors of Sainte-Laguë): equal weights go round one by one,
weights by size give shares by size, and a single queue is simply taken from the front.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchbuilder.sampling.candidates import Candidate, lot_fraction
from benchbuilder.sampling.diversity import farthest_first
from benchbuilder.sampling.topics import Topic
from benchbuilder.sampling.vectors import Vectors
from benchbuilder.settings import SampleSettings


@dataclass(frozen=True)
class Queue:
    """Candidates in the order in which they are offered; ``weight`` says how often it has turns."""

    candidates: tuple[Candidate, ...]
    weight: int


def lay_out(
    topics: Sequence[Topic], settings: SampleSettings, vectors: Vectors | None
) -> list[Queue]:
    """The queues of the drawn topics under the strategy that the settings name."""
    return STRATEGIES[settings.strategy](topics, settings, vectors)


def _per_cluster(
    topics: Sequence[Topic], settings: SampleSettings, vectors: Vectors | None
) -> list[Queue]:
    """No topic gets a second prompt before all had a first."""
    return [Queue(_ordered(topic, settings), 1) for topic in topics]


def _proportional(
    topics: Sequence[Topic], settings: SampleSettings, vectors: Vectors | None
) -> list[Queue]:
    """Topics get as large a share of the questions as they have of the prompts."""
    return [Queue(_ordered(topic, settings), len(topic.members)) for topic in topics]


def _score_weighted(
    topics: Sequence[Topic], settings: SampleSettings, vectors: Vectors | None
) -> list[Queue]:
    """Whatever the topic, a prompt's chance to come next is proportional to its score.

    Every candidate gets the key u^(1 / score), u from its lot; the largest come first
    (Efraimidis and Spirakis 2006).
    """
    every = [candidate for topic in topics for candidate in topic.eligible if candidate.score]
    every.sort(key=lambda c: (-(lot_fraction(c.lot) ** (1 / (c.score or 1))), c.prompt_id))
    zero = [c for topic in topics for c in topic.eligible if not c.score]
    return [Queue((*every, *sorted(zero, key=lambda c: c.lot)), 1)]


def _diverse(
    topics: Sequence[Topic], settings: SampleSettings, vectors: Vectors | None
) -> list[Queue]:
    """Turns as in per-cluster; inside a topic the next prompt is the farthest from those before."""
    if vectors is None:
        raise TypeError("the strategy `diverse` needs vectors")
    return [Queue(farthest_first(topic.eligible, vectors), 1) for topic in topics]


def _ordered(topic: Topic, settings: SampleSettings) -> tuple[Candidate, ...]:
    if settings.pick_prompts == "best":
        return tuple(sorted(topic.eligible, key=lambda c: c.preference))
    return tuple(sorted(topic.eligible, key=lambda c: c.lot))


Strategy = Callable[[Sequence[Topic], SampleSettings, Vectors | None], list[Queue]]
STRATEGIES: dict[str, Strategy] = {
    "per-cluster": _per_cluster,
    "proportional": _proportional,
    "score-weighted": _score_weighted,
    "diverse": _diverse,
}
