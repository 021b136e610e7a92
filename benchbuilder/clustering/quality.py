"""How well topics hold together: in the space of the vectors, and in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from itertools import combinations

import numpy as np

from benchbuilder.clustering.density import NOISE, Labels
from benchbuilder.clustering.neighbors import Stored, Vectors

_SAMPLE_ROWS = 20_000


def simplified_silhouette(
    vectors: Stored, labels: Labels, centers: Vectors, seed: int
) -> float | None:
    """Mean of (b - a) / max(a, b), -1 to 1; ``None`` with fewer than two topics.

    a is the cosine distance of a vector to the centroid of its topic, b to the nearest other
    centroid (Hruschka, de Castro and Campello 2004): the silhouette without its quadratic cost.
    Above 20,000 vectors a seeded sample stands for all. Noise and topics without a vector are left
    out.
    """
    rows = np.flatnonzero(labels != NOISE)
    places = np.unique(labels[rows])
    if len(places) < 2:
        return None
    if len(rows) > _SAMPLE_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, _SAMPLE_ROWS, replace=False))
    values = []
    for block in np.array_split(rows, max(1, len(rows) // 4096)):
        distances = np.maximum(0, 1 - vectors[block].astype(np.float32) @ centers[places].T)
        columns = np.searchsorted(places, labels[block])[:, None]
        own = np.take_along_axis(distances, columns, axis=1)[:, 0].copy()
        np.put_along_axis(distances, columns, np.inf, axis=1)
        other = distances.min(axis=1)
        values.append((other - own) / np.maximum(np.maximum(own, other), 1e-12))
    return float(np.concatenate(values).mean())


def coherence(keywords: Mapping[int, Sequence[str]], prompts: Sequence[Set[str]]) -> float | None:
    """Mean NPMI of the keywords of a topic, over topics: -1 to 1; ``None`` without any pair.

    NPMI of two words is log(p(a, b) / p(a) p(b)) / -log p(a, b), where p counts the prompts that
    hold them (Bouma 2009); -1 where no prompt holds both. ``prompts`` gives the terms of each
    prompt of a sample; a word that stands in none of them is left out.
    """
    wanted = {word for words in keywords.values() for word in words}
    holders: dict[str, set[int]] = {}
    for number, prompt in enumerate(prompts):
        for word in wanted & prompt:
            holders.setdefault(word, set()).add(number)
    means = []
    for words in keywords.values():
        held = [holders[word] for word in words if word in holders]
        scores = [_npmi(len(a & b), len(a), len(b), len(prompts)) for a, b in combinations(held, 2)]
        if scores:
            means.append(sum(scores) / len(scores))
    return sum(means) / len(means) if means else None


def _npmi(both: int, one: int, other: int, prompts: int) -> float:
    if not both:
        return -1.0
    if both == prompts:
        return 1.0
    return math.log(both * prompts / (one * other)) / -math.log(both / prompts)
