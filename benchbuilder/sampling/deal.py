"""Turn by turn: take from the queues what the limits allow until enough are there."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from benchbuilder.sampling.candidates import Candidate
from benchbuilder.sampling.limits import Limits, Refusal
from benchbuilder.sampling.queues import Queue


@dataclass
class Deal:
    """What was taken, in order, and why others were turned down when their turn came."""

    chosen: dict[str, Candidate] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)

    def take(self, candidate: Candidate, limits: Limits) -> None:
        """Choose a candidate without asking the limits; they count it."""
        self.chosen[candidate.prompt_id] = candidate
        self.refused.pop(candidate.prompt_id, None)
        limits.take(candidate)


def deal(
    queues: Sequence[Queue],
    limits: Limits,
    so_far: Deal,
    until: Callable[[], bool],
    wants: Callable[[Candidate], bool] = lambda candidate: True,
) -> None:
    """Add to ``so_far`` until ``until()`` holds or the queues are empty.

    A turn passes over candidates that are chosen already, that ``wants`` does not want, or that a
    limit turns down: a topic does not lose its turn because its first prompt cannot be taken.
    """
    turns = [(Fraction(1, queue.weight), place, 0) for place, queue in enumerate(queues)]
    heapq.heapify(turns)
    offers = [iter(queue.candidates) for queue in queues]
    while turns and not until():
        _, place, taken = heapq.heappop(turns)
        for candidate in offers[place]:
            if candidate.prompt_id in so_far.chosen or not wants(candidate):
                continue
            refusal = limits.why_not(candidate)
            if refusal:
                so_far.refused[candidate.prompt_id] = refusal
                continue
            so_far.take(candidate, limits)
            turn = Fraction(2 * taken + 3, queues[place].weight)
            heapq.heappush(turns, (turn, place, taken + 1))
            break
