"""Topics of an earlier run that go on: prompts join them, or they are found again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.clustering.centroids import Centroids, centroids
from benchbuilder.clustering.density import NOISE, Labels
from benchbuilder.clustering.grouping import (
    Grouping,
    assign,
    dense_groups,
    few_prompts,
    identical,
    one_topic,
)
from benchbuilder.clustering.matching import SIMILARITY, close_topics, count_shared, same_topics
from benchbuilder.clustering.neighbors import Stored, Vectors
from benchbuilder.observe import Observer
from benchbuilder.schemas import CENTROIDS
from benchbuilder.settings import ClusterSettings


@dataclass(frozen=True)
class EarlierTopics:
    """What an earlier run left: its artifacts ``centroids`` and ``clusters``.

    ``numbered``: a row for every topic that ever had a number, since none is given twice.
    ``comparable``: whether its vectors come from the same encoder as those of today. Where they do
    not, only prompts that both runs hold tell which topics are the same.
    """

    numbered: pa.Table
    clusters: pa.Table
    comparable: bool = True

    @property
    def topics(self) -> pa.Table:
        """Those that can go on; the others ended with their encoder."""
        return self.numbered.filter(pc.is_valid(self.numbered["vector"]))

    @property
    def left_behind(self) -> pa.Table:
        """The rows of topics that are not found again: vectors of another encoder say nothing."""
        table = self.numbered.cast(CENTROIDS.schema)
        if self.comparable:
            return table
        kept = table.select(["topic_id", "name", "area_id", "area"])
        return pa.Table.from_pylist(kept.to_pylist(), schema=CENTROIDS.schema)

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
        places = pc.fill_null(place, NOISE).to_numpy().astype(np.int64)
        places[~known] = NOISE
        sure = pc.fill_null(held["probability"], 0.0)
        return places, known, sure.to_numpy().astype(np.float32)


def go_on(
    ids: pa.ChunkedArray,
    vectors: Stored,
    earlier: EarlierTopics,
    settings: ClusterSettings,
    observe: Observer,
) -> Grouping:
    """Earlier topics stand: prompts stay in them or join them, and what is new forms new topics.

    A prompt that the earlier run held stays in its topic; a new one joins the nearest topic whose
    floor it reaches. All are clustered beside that. A cluster is an earlier topic when more than
    half of its prompts are in it by then, or when their centroids are close (``SIMILARITY``): the
    others join it there. Any other cluster whose prompts are mostly new is a new topic.

    The centroids are those of the earlier topics, then those of the new ones.
    """
    before = earlier.centroids
    labels, known, probabilities = earlier.membership(ids)
    new = np.flatnonzero(~known)
    joined = assign(vectors[new], before)
    labels[new], probabilities[new] = joined.labels, joined.probabilities
    observe.figure("kept_their_topic", int((known & (labels != NOISE)).sum()))
    observe.figure("joined_a_topic", int((joined.labels != NOISE).sum()))
    if few_prompts(len(vectors), settings):
        return Grouping(labels, probabilities, before)
    corpus = earlier.clusters.num_rows + len(new)
    beside = (
        one_topic(vectors)
        if identical(vectors)
        else dense_groups(vectors, settings, observe, corpus=corpus)
    )
    stays = known & (labels != NOISE)
    places = _places_of(beside, labels, stays, before)
    found = np.append(places, NOISE)[beside.labels]  # -1 takes the last one: noise
    moved = ~stays & (found != NOISE) & ((labels == NOISE) | (found >= len(before)))
    labels[moved], probabilities[moved] = found[moved], beside.probabilities[moved]
    fresh = np.where(labels >= len(before), labels - len(before), NOISE)
    return Grouping(labels, probabilities, before.followed_by(centroids(vectors, fresh)))


def _places_of(
    clusters: Grouping, labels: Labels, stays: npt.NDArray[np.bool_], before: Centroids
) -> Labels:
    """For each cluster the place of the earlier topic that it is, the next free one, or -1.

    ``labels`` (n,) are the places of earlier topics that prompts are in, -1 for none; those that
    ``stays`` says cannot move.
    """
    count, k = len(clusters.centroids), len(before)
    inside = clusters.labels != NOISE
    sizes = np.bincount(clusters.labels[inside], minlength=count)
    held = np.zeros((count, k + 1))  # the last column: in no earlier topic
    np.add.at(held, (clusters.labels[inside], labels[inside]), 1)
    largest = held[:, :k].argmax(axis=1)
    cosines = clusters.centroids.vectors @ before.vectors.T
    close = cosines.argmax(axis=1)
    free = np.bincount(clusters.labels[inside & ~stays], minlength=count)
    same = held[np.arange(count), largest] > sizes / 2
    places = np.where(same, largest, np.where(cosines.max(axis=1) >= SIMILARITY, close, NOISE))
    fresh = (places == NOISE) & (free > sizes / 2)
    places[fresh] = k + np.arange(int(fresh.sum()))
    return np.asarray(places)


def found_again(ids: pa.ChunkedArray, grouping: Grouping, earlier: EarlierTopics) -> Labels:
    """For each topic that was found anew the place of the earlier one that it is, or -1."""
    if not earlier.topics.num_rows:
        return np.full(len(grouping.centroids), NOISE, dtype=np.int64)
    places, known, _ = earlier.membership(ids)
    counts = len(earlier.ids), len(grouping.centroids)
    shared = count_shared(places, grouping.labels, known, *counts)
    close = None
    if earlier.comparable:
        close = close_topics(earlier.centroids.vectors, grouping.centroids.vectors)
    return same_topics(shared, close)


def number_topics(origin: Labels, earlier: EarlierTopics | None) -> Labels:
    """Ids of topics by their place: the earlier one's where there is one, else the next free."""
    fresh = origin == NOISE
    ids = np.empty(len(origin), dtype=np.int64)
    first = 0
    if earlier is not None:
        ids[~fresh] = earlier.ids[origin[~fresh]]
        first = next_number(earlier.numbered["topic_id"])
    ids[fresh] = first + np.arange(int(fresh.sum()))
    return ids


def next_number(given: pa.ChunkedArray) -> int:
    """The number after the highest that was given, 0 where none was."""
    highest = pc.max(given).as_py()
    return 0 if highest is None else int(highest) + 1
