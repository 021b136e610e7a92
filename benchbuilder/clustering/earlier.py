"""Topics of an earlier run that go on: prompts join them, or they are found again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.clustering.centroids import Centroids
from benchbuilder.clustering.density import NOISE, Labels
from benchbuilder.clustering.grouping import (
    Grouping,
    assign,
    dense_groups,
    few_prompts,
    identical,
    one_topic,
)
from benchbuilder.clustering.matching import count_shared, same_topics
from benchbuilder.clustering.neighbors import Stored, Vectors
from benchbuilder.observe import Observer
from benchbuilder.settings import ClusterSettings


@dataclass(frozen=True)
class EarlierTopics:
    """What an earlier run left: its artifacts ``centroids`` and ``clusters``.

    ``comparable``: whether its vectors come from the same encoder as those of today. Where they do
    not, only prompts that both runs hold tell which topics are the same.
    """

    topics: pa.Table
    clusters: pa.Table
    comparable: bool = True

    @property
    def ids(self) -> Labels:
        return np.asarray(self.topics["topic_id"].to_numpy(), dtype=np.int64)

    @property
    def centroids(self) -> Centroids:
        flat = pc.list_flatten(self.topics["vector"]).to_numpy()
        vectors = np.asarray(flat, dtype=np.float32).reshape(self.topics.num_rows, -1)
        return Centroids(vectors, np.asarray(self.topics["floor"].to_numpy(), dtype=np.float32))

    def membership(self, ids: pa.ChunkedArray) -> tuple[Labels, npt.NDArray[np.bool_], Vectors]:
        """Of prompts by their ids: the place of the earlier topic or -1, whether the earlier run
        held the prompt, and its probability there (0 where it did not)."""
        rows = pc.index_in(ids, value_set=self.clusters["prompt_id"].combine_chunks())
        held = self.clusters.take(rows)
        known = np.asarray(pc.is_valid(rows))
        place = pc.index_in(held["topic_id"], value_set=self.topics["topic_id"].combine_chunks())
        places = np.asarray(pc.fill_null(place, NOISE), dtype=np.int64)
        places[~known] = NOISE
        sure = pc.fill_null(held["probability"], 0.0)
        return places, known, np.asarray(sure, dtype=np.float32)


def go_on(
    ids: pa.ChunkedArray,
    vectors: Stored,
    earlier: EarlierTopics,
    settings: ClusterSettings,
    observe: Observer,
) -> Grouping:
    """Earlier topics stand: prompts stay in them or join them, and what fits none forms new ones.

    The centroids are those of the earlier topics, then those of the new ones.
    """
    labels, known, probabilities = earlier.membership(ids)
    new = np.flatnonzero(~known)
    joined = assign(vectors[new], earlier.centroids)
    labels[new], probabilities[new] = joined.labels, joined.probabilities
    left = np.flatnonzero(labels == NOISE)
    more = _of_the_rest(vectors[left], settings, observe, corpus=len(vectors))
    labels[left] = np.where(more.labels == NOISE, NOISE, more.labels + len(earlier.ids))
    probabilities[left] = more.probabilities
    observe.figure("kept_their_topic", int((known & (labels != NOISE)).sum()))
    observe.figure("joined_a_topic", int((joined.labels != NOISE).sum()))
    return Grouping(labels, probabilities, earlier.centroids.followed_by(more.centroids))


def _of_the_rest(
    vectors: Stored, settings: ClusterSettings, observe: Observer, *, corpus: int
) -> Grouping:
    if few_prompts(len(vectors), settings):
        none = Centroids(
            np.empty((0, vectors.shape[1]), dtype=np.float32), np.empty(0, dtype=np.float32)
        )
        return assign(vectors, none)
    if identical(vectors):
        return one_topic(vectors)
    return dense_groups(vectors, settings, observe, corpus=corpus)


def found_again(ids: pa.ChunkedArray, grouping: Grouping, earlier: EarlierTopics) -> Labels:
    """For each topic that was found anew the place of the earlier one that it is, or -1."""
    places, known, _ = earlier.membership(ids)
    counts = len(earlier.ids), len(grouping.centroids)
    shared = count_shared(places, grouping.labels, known, *counts)
    before = earlier.centroids.vectors if earlier.comparable else None
    return same_topics(shared, before, grouping.centroids.vectors)


def number_topics(origin: Labels, earlier: EarlierTopics | None) -> Labels:
    """Ids of topics by their place: the earlier one's where there is one, else the next free."""
    fresh = origin == NOISE
    ids = np.empty(len(origin), dtype=np.int64)
    first = 0
    if earlier is not None:
        ids[~fresh] = earlier.ids[origin[~fresh]]
        first = int(earlier.ids.max(initial=NOISE)) + 1
    ids[fresh] = first + np.arange(int(fresh.sum()))
    return ids
