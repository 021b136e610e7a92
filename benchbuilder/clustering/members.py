"""Topics with their members: rows, examples, and the words that their prompts hold."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from benchbuilder.clustering.centroids import cosines_to
from benchbuilder.clustering.density import NOISE, Labels
from benchbuilder.clustering.grouping import Grouping
from benchbuilder.clustering.neighbors import Stored, Vectors
from benchbuilder.text.keywords import TermCounts, count_terms, terms

_EXAMPLES = 5
_READ_PROMPTS = 500  # of a topic, for its keywords: ids are digests, so the first are a fair draw
_SAMPLE_PROMPTS = 20_000  # of all, evenly spread, for what is measured on words


@dataclass(frozen=True)
class Topic:
    """A topic that has prompts; ``topic_id`` -1 is noise.

    ``place``: of its centroid in the grouping; ``rows`` of its prompts and of its ``examples``, the
    nearest to the centroid first.
    """

    topic_id: int
    place: int
    rows: Labels
    examples: tuple[int, ...]


def topics_with_members(
    vectors: Stored, grouping: Grouping, ids: Labels, *, noise: bool
) -> list[Topic]:
    """In the order of their ``ids`` (k,), which stand by place. ``noise``: whether noise counts as
    a topic."""
    order = np.argsort(grouping.labels, kind="stable")
    places = np.arange(NOISE, len(ids))
    parts = np.split(order, np.searchsorted(grouping.labels[order], places[1:]))
    topics = []
    for place, rows in zip(places.tolist(), parts, strict=True):
        if not len(rows) or (place == NOISE and not noise):
            continue
        if place == NOISE:
            center = vectors[rows].astype(np.float64).mean(axis=0).astype(np.float32)
            topic_id = NOISE
        else:
            center = grouping.centroids.vectors[place]
            topic_id = int(ids[place])
        examples = _nearest(vectors, rows, center)
        topics.append(Topic(topic_id, place, rows, examples))
    return sorted(topics, key=lambda topic: topic.topic_id)


def _nearest(vectors: Stored, rows: Labels, center: Vectors) -> tuple[int, ...]:
    cosines = cosines_to(vectors, rows, np.zeros(len(rows), dtype=np.int64), center[None])
    return tuple(rows[np.argsort(-cosines, kind="stable")[:_EXAMPLES]].tolist())


def read_terms(prompts: pa.Table, topics: list[Topic]) -> tuple[TermCounts, list[Set[str]]]:
    """The terms of topics, each prompt read once, and those of a sample of all prompts."""
    step = max(1, -(-prompts.num_rows // _SAMPLE_PROMPTS))
    sample: list[Set[str]] = []

    def of(topic: Topic) -> list[Set[str]]:
        others = topic.rows[_READ_PROMPTS:]
        read = np.concatenate([topic.rows[:_READ_PROMPTS], others[others % step == 0]])
        taken = prompts.take(pa.array(read))
        columns = (taken["text"].to_pylist(), taken["language"].to_pylist())
        found: list[Set[str]] = [terms(*row) for row in zip(*columns, strict=True)]
        sample.extend(found[at] for at in np.flatnonzero(read % step == 0))
        return found[:_READ_PROMPTS]

    counts = count_terms((topic.topic_id, of(topic)) for topic in topics)
    return counts, sample
