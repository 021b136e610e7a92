"""Who belongs together: dense groups of all vectors or of a sample, and what becomes of noise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchbuilder.clustering.centroids import (
    Centroids,
    centroids,
    nearest,
    order_by_size,
)
from benchbuilder.clustering.density import (
    EXACT_ROWS,
    NOISE,
    Labels,
    auto_min_cluster_size,
    dense_clusters,
)
from benchbuilder.clustering.evoc import evoc_clusters
from benchbuilder.clustering.neighbors import Stored, Vectors
from benchbuilder.observe import Observer
from benchbuilder.settings import ClusterSettings

_SAME = 1e-4  # cosine distance within which all prompts count as one and the same
_LEAST = 5  # prompts of a topic in a sample, whatever share of all it is


@dataclass(frozen=True)
class Grouping:
    """For each prompt the place of its topic among ``centroids``, or -1, and how sure that is.

    Every centroid but an earlier one has a prompt. Without noise in it: a topic's centroid is that
    of its dense core.
    """

    labels: Labels
    probabilities: Vectors
    centroids: Centroids


def group(vectors: Stored, settings: ClusterSettings, observe: Observer) -> Grouping:
    """Dense groups, or one topic where there is nothing to tell apart."""
    reason = few_prompts(len(vectors), settings)
    if reason is None and identical(vectors):
        reason = "their embeddings are identical"
    if reason:
        observe.note(f"all prompts form one topic: {reason}")
        return one_topic(vectors)
    return dense_groups(vectors, settings, observe, corpus=len(vectors))


def few_prompts(rows: int, settings: ClusterSettings) -> str | None:
    """Why so many prompts cannot be clustered, or None."""
    needed = 3 * settings.n_neighbors
    if isinstance(settings.min_cluster_size, int):
        needed = max(needed, 2 * settings.min_cluster_size)
    return f"clustering needs {needed} of them, there are {rows}" if rows < needed else None


def identical(vectors: Stored) -> bool:
    """Whether all vectors are one and the same."""
    first = vectors[:1].astype(np.float32)
    return float(nearest(vectors, first).cosines.min()) > 1 - _SAME


def one_topic(vectors: Stored) -> Grouping:
    labels = np.zeros(len(vectors), dtype=np.int64)
    ones = np.ones(len(vectors), dtype=np.float32)
    return Grouping(labels, ones, centroids(vectors, labels))


def dense_groups(
    vectors: Stored, settings: ClusterSettings, observe: Observer, *, corpus: int
) -> Grouping:
    """Groups of the vectors; of more than ``settings.fit_at_most`` a seeded sample is clustered.

    The others then go to the nearest topic whose floor they reach, or are noise. ``corpus``: how
    many prompts there are in all, which decides how large the smallest topic is.
    """
    rows = len(vectors)
    fitted = min(rows, settings.fit_at_most)
    smallest = _smallest(settings, corpus, fitted / rows)
    observe.figure("min_cluster_size", smallest)
    if fitted == rows:
        labels, probabilities = _fit(vectors.astype(np.float32), settings, smallest, observe)
        return Grouping(labels, probabilities, centroids(vectors, labels))
    observe.note(
        f"{fitted:,} of {rows:,} prompts, drawn at random, are clustered; "
        "the others join the nearest topic or are noise (cluster.fit_at_most)"
    )
    observe.figure("fitted", fitted)
    draw = np.random.default_rng(settings.seed)
    taken = np.sort(draw.choice(rows, fitted, replace=False))
    sample = vectors[taken].astype(np.float32)
    labels, probabilities = _fit(sample, settings, smallest, observe)
    whole = assign(vectors, centroids(sample, labels))
    whole.labels[taken], whole.probabilities[taken] = labels, probabilities
    return whole


def assign(vectors: Stored, centers: Centroids) -> Grouping:
    """The nearest topic of each vector, or noise below the topic's floor."""
    if not len(centers):
        labels = np.full(len(vectors), NOISE, dtype=np.int64)
        return Grouping(labels, np.zeros(len(vectors), dtype=np.float32), centers)
    found = nearest(vectors, centers.vectors)
    inside = found.cosines >= centers.floors[found.labels] - _SAME
    return Grouping(
        np.where(inside, found.labels, NOISE),
        np.where(inside, found.confidences, np.float32(0)),
        centers,
    )


def settle_noise(
    vectors: Stored, grouping: Grouping, settings: ClusterSettings, observe: Observer
) -> Grouping:
    """Apply the noise policy."""
    noise = np.flatnonzero(grouping.labels == NOISE)
    share = len(noise) / len(vectors)
    observe.figure("noise_share", round(share, 4))
    if share > 0.5:
        observe.note(
            f"{share:.0%} of the prompts are noise: they lie in no dense group "
            "(a smaller cluster.min_cluster_size or a better encoder may help)"
        )
    if settings.noise != "nearest" or not len(noise):
        return grouping
    if not len(grouping.centroids):
        observe.note("no dense group was found: all prompts form one topic")
        return replace(one_topic(vectors), probabilities=np.zeros_like(grouping.probabilities))
    labels, probabilities = grouping.labels.copy(), grouping.probabilities.copy()
    found = nearest(vectors[noise], grouping.centroids.vectors)
    labels[noise], probabilities[noise] = found.labels, found.confidences
    return replace(grouping, labels=labels, probabilities=probabilities)


def numbered_by_size(grouping: Grouping, after: int = 0) -> Grouping:
    """The same topics, from place ``after`` on the largest first."""
    order = order_by_size(grouping.labels, after)
    kept = np.concatenate([np.arange(after, dtype=np.int64), order])
    places = np.full(len(grouping.centroids) + 1, NOISE, dtype=np.int64)  # the last: noise
    places[kept] = np.arange(len(kept))
    return replace(
        grouping, labels=places[grouping.labels], centroids=grouping.centroids.take(kept)
    )


def _smallest(settings: ClusterSettings, corpus: int, share: float) -> int:
    """Prompts of the smallest topic among those that are clustered, a ``share`` of all."""
    if settings.min_cluster_size == "auto":
        return auto_min_cluster_size(min(corpus, settings.fit_at_most))
    return max(min(settings.min_cluster_size, _LEAST), round(settings.min_cluster_size * share))


def _fit(
    vectors: Vectors, settings: ClusterSettings, smallest: int, observe: Observer
) -> tuple[Labels, Vectors]:
    if settings.method == "evoc":
        observe.figure("threads", settings.threads)
        return evoc_clusters(vectors, settings, smallest)
    if len(vectors) > EXACT_ROWS:
        observe.note(f"above {EXACT_ROWS:,} prompts the nearest neighbours are approximate")
    return dense_clusters(vectors, settings, smallest)
