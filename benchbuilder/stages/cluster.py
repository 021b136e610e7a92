"""``cluster``: prompts × embeddings → clusters (who belongs where) and topics (what they are)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.clustering.centroids import (
    centroids,
    nearest_centroid,
    nearest_rows,
    order_by_size,
)
from benchbuilder.clustering.density import (
    EXACT_ROWS,
    NOISE,
    Labels,
    auto_min_cluster_size,
    dense_clusters,
    one_thread,
)
from benchbuilder.clustering.evoc import evoc_clusters
from benchbuilder.clustering.neighbors import Vectors
from benchbuilder.clustering.quality import simplified_silhouette
from benchbuilder.errors import StaleArtifactError
from benchbuilder.observe import Observer
from benchbuilder.schemas import CLUSTERS, TOPICS
from benchbuilder.settings import ClusterSettings
from benchbuilder.text.keywords import topic_keywords, topic_names

_EXAMPLES = 5
_SAME = 1e-4  # cosine distance within which all prompts count as one and the same
_STEPS = 3  # of the progress: neighbours and clusters, noise, keywords


@dataclass(frozen=True)
class Grouping:
    """Topic and probability of every prompt, in the order of the vectors."""

    labels: Labels
    probabilities: Vectors


def cluster(
    prompts: pa.Table,
    embeddings: pa.Table,
    *,
    settings: ClusterSettings,
    observe: Observer,
) -> dict[str, pa.Table]:
    """Group prompts into topics and name these by their keywords.

    Topics are numbered from 0 by size, the largest first; -1 is noise. What happens to noise is
    ``settings.noise``: ``drop`` leaves it without a topic, ``keep`` adds a topic -1 for it,
    ``nearest`` gives it to the topic with the nearest centroid. ``probability`` is the
    membership strength, or the cosine similarity to that centroid, both 0 to 1.

    Returns ``clusters`` (a row for each prompt, in the order of the prompts) and ``topics``.
    Prompts are ordered by id before anything is drawn, so the order of the rows changes nothing.

    Raises:
        StaleArtifactError: a prompt has no embedding.
        ConfigError: the method is not installed.
    """
    prompts = prompts.select(["prompt_id", "text", "language"])
    ordered = prompts.sort_by("prompt_id")
    if not ordered.num_rows:
        observe.note("there are no prompts to cluster")
        return {"clusters": CLUSTERS.schema.empty_table(), "topics": TOPICS.schema.empty_table()}
    vectors = _vectors_of(ordered["prompt_id"], embeddings)
    with one_thread():
        grouping = _group(vectors, settings, observe)
        observe.progress(1, _STEPS)
        grouping = _settle_noise(vectors, grouping, settings, observe)
        observe.progress(2, _STEPS)
        topics = _describe(ordered, vectors, grouping.labels, settings)
        silhouette = simplified_silhouette(vectors, grouping.labels, settings.seed)
    observe.figure("silhouette", None if silhouette is None else round(silhouette, 4))
    _tell_sizes(topics, len(vectors), observe)
    observe.progress(_STEPS, _STEPS)
    found = pa.table(
        {
            "prompt_id": ordered["prompt_id"].cast(pa.string()),
            "topic_id": pa.array(grouping.labels, pa.int32()),
            "probability": pa.array(grouping.probabilities, pa.float32()),
        }
    )
    rows = pc.index_in(prompts["prompt_id"], value_set=ordered["prompt_id"].combine_chunks())
    return {"clusters": found.take(rows).cast(CLUSTERS.schema), "topics": topics}


def _vectors_of(ids: pa.ChunkedArray, embeddings: pa.Table) -> Vectors:
    """Vectors (n, d) of the prompts ``ids``, wherever they stand in ``embeddings``."""
    rows = pc.index_in(ids, value_set=embeddings["prompt_id"].combine_chunks())
    if rows.null_count:
        missing = ids.filter(pc.is_null(rows))
        raise StaleArtifactError(
            f"{rows.null_count} of {len(ids)} prompts have no embedding, {missing[0]} among them",
            hint="benchbuilder embed --run RUN",
        )
    column = embeddings["vector"].take(rows).combine_chunks()
    flat = column.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat.reshape(len(ids), -1), dtype=np.float32)


def _group(vectors: Vectors, settings: ClusterSettings, observe: Observer) -> Grouping:
    """Clusters and noise, or one topic where there is nothing to tell apart."""
    rows = len(vectors)
    reason = _why_one_topic(vectors, settings)
    if reason:
        observe.note(f"all prompts form one topic: {reason}")
        return Grouping(np.zeros(rows, dtype=np.int64), np.ones(rows, dtype=np.float32))
    asked = settings.min_cluster_size
    smallest = auto_min_cluster_size(rows) if asked == "auto" else asked
    observe.figure("min_cluster_size", smallest)
    if settings.method == "evoc":
        observe.figure("threads", 1)
        return Grouping(*evoc_clusters(vectors, settings, smallest))
    if rows > EXACT_ROWS:
        observe.note(f"above {EXACT_ROWS:,} prompts the nearest neighbours are approximate")
    return Grouping(*dense_clusters(vectors, settings, smallest))


def _why_one_topic(vectors: Vectors, settings: ClusterSettings) -> str | None:
    needed = 3 * settings.n_neighbors
    if isinstance(settings.min_cluster_size, int):
        needed = max(needed, 2 * settings.min_cluster_size)
    if len(vectors) < needed:
        return f"clustering needs {needed} of them, there are {len(vectors)}"
    if float((vectors @ vectors[0]).min()) > 1 - _SAME:
        return "their embeddings are identical"
    return None


def _settle_noise(
    vectors: Vectors, grouping: Grouping, settings: ClusterSettings, observe: Observer
) -> Grouping:
    """Apply the noise policy and number the topics by their final size."""
    labels, probabilities = order_by_size(grouping.labels), grouping.probabilities.copy()
    noise = labels == NOISE
    share = float(noise.mean())
    observe.figure("noise_share", round(share, 4))
    if share > 0.5:
        observe.note(
            f"{share:.0%} of the prompts are noise: they lie in no dense group "
            "(a smaller cluster.min_cluster_size or a better encoder may help)"
        )
    if settings.noise != "nearest" or not noise.any():
        return Grouping(labels, probabilities)
    if noise.all():
        observe.note("no dense group was found: all prompts form one topic")
        return Grouping(np.zeros_like(labels), np.zeros_like(probabilities))
    nearest, similarity = nearest_centroid(vectors[noise], centroids(vectors, labels))
    labels[noise], probabilities[noise] = nearest, similarity
    return Grouping(order_by_size(labels), probabilities)


def _describe(
    ordered: pa.Table, vectors: Vectors, labels: Labels, settings: ClusterSettings
) -> pa.Table:
    """The ``topics`` table: everything in it comes from the final assignment."""
    texts, languages = ordered["text"].to_pylist(), ordered["language"].to_pylist()
    shown = np.flatnonzero((labels != NOISE) | (settings.noise == "keep"))
    keywords = topic_keywords(
        ((int(labels[row]), texts[row], languages[row]) for row in shown), settings.keywords
    )
    names = topic_names(keywords)
    renumbered = np.searchsorted(sorted(keywords), labels[shown])
    examples = nearest_rows(
        vectors[shown], renumbered, centroids(vectors[shown], renumbered), _EXAMPLES
    )
    ids = ordered["prompt_id"].to_pylist()
    sizes = np.bincount(renumbered) if len(shown) else np.zeros(0, dtype=np.int64)
    rows = [
        {
            "topic_id": topic,
            "name": names[topic],
            "keywords": words,
            "size": int(size),
            "example_prompt_ids": [ids[shown[row]] for row in nearest],
        }
        for (topic, words), size, nearest in zip(keywords.items(), sizes, examples, strict=True)
    ]
    return pa.Table.from_pylist(rows, schema=TOPICS.schema)


def _tell_sizes(topics: pa.Table, prompts: int, observe: Observer) -> None:
    sizes = sorted(topics.filter(pc.field("topic_id") != NOISE)["size"].to_pylist())
    observe.figure("topics", len(sizes))
    if not sizes:
        observe.note("no topic was found, and cluster.noise keeps noise out of topics")
        return
    observe.figure(
        "topic_sizes",
        {"smallest": sizes[0], "median": sizes[len(sizes) // 2], "largest": sizes[-1]},
    )
    if len(sizes) > 1 and sizes[-1] > prompts / 2:
        observe.note(
            f"one topic holds {sizes[-1]} of {prompts} prompts; "
            "a smaller cluster.min_cluster_size or another seed splits it"
        )
