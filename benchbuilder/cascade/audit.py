"""How many good prompts were never asked about? An estimate from a random share of them."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import asdict, dataclass
from typing import Any

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Recall:
    """What a cascade found, and what it is likely to have missed.

    ``left``: prompts that were not chosen as promising; ``audited`` of them were drawn at random
    and answered, with ``audit_hits`` good ones. ``found`` counts every good prompt that is known,
    those included. ``value`` = found / (found + missed), null where nothing was audited.
    """

    found: int
    left: int
    audited: int
    audit_hits: int
    value: float | None
    lower: float | None
    upper: float | None
    confidence: float = CONFIDENCE

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def estimate_recall(found: int, left: int, audited: int, audit_hits: int) -> Recall:
    """Recall with an exact interval.

    The audit is a simple random sample of the prompts that were left, drawn after the last choice,
    so its hits follow a hypergeometric distribution; the interval inverts its two tails
    (Clopper and Pearson's construction for a finite population).
    """
    if not left:
        return Recall(found, 0, 0, 0, 1.0 if found else None, None, None)
    if not audited:
        return Recall(found, left, 0, 0, None, None, None)
    fewest, most = hits_interval(left, audited, audit_hits)
    estimate = left * audit_hits / audited
    value, lower, upper = (
        found / all_hits if (all_hits := found + hits - audit_hits) else None
        for hits in (estimate, most, fewest)
    )
    return Recall(found, left, audited, audit_hits, value, lower, upper)


def hits_interval(population: int, sampled: int, hits: int) -> tuple[int, int]:
    """The fewest and the most good prompts in a population that do not contradict a sample."""
    from scipy.stats import hypergeom

    tail = (1 - CONFIDENCE) / 2
    possible = range(hits, population - (sampled - hits) + 1)

    def enough(good: int) -> bool:
        """With so many, a sample with as many hits or more is not too unlikely."""
        return bool(hypergeom.sf(hits - 1, population, good, sampled) > tail)

    def too_many(good: int) -> bool:
        """With so many, a sample with as few hits or fewer is too unlikely."""
        return bool(hypergeom.cdf(hits, population, good, sampled) <= tail)

    # Both turn from False to True once, as more good prompts make more hits likelier.
    fewest = possible[min(bisect_left(possible, True, key=enough), len(possible) - 1)]
    most = possible[max(bisect_left(possible, True, key=too_many) - 1, 0)]
    return fewest, most
