"""``cluster``: prompts × embeddings → clusters (who belongs where) and topics (what they are)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.clustering.density import NOISE, Labels, one_thread
from benchbuilder.clustering.earlier import EarlierTopics, found_again, go_on, number_topics
from benchbuilder.clustering.grouping import Grouping, group, numbered_by_size, settle_noise
from benchbuilder.clustering.members import Topic, topics_with_members
from benchbuilder.clustering.naming import Namer
from benchbuilder.clustering.neighbors import Stored
from benchbuilder.clustering.quality import simplified_silhouette
from benchbuilder.clustering.summary import summarise
from benchbuilder.errors import StaleArtifactError
from benchbuilder.llm.types import Complete
from benchbuilder.observe import Observer
from benchbuilder.schemas import CENTROIDS, CLUSTERS, TOPICS
from benchbuilder.settings import ClusterSettings

_BATCH_ROWS = 65_536
_STEPS = 3  # of the progress: neighbours and clusters, noise, keywords and names


def cluster(
    prompts: pa.Table,
    embeddings: pa.Table,
    *,
    settings: ClusterSettings,
    earlier: EarlierTopics | None = None,
    complete: Complete | None = None,
    template: str | None = None,
    observe: Observer,
) -> dict[str, pa.Table]:
    """Group prompts into topics and name these.

    Topics are numbered from 0 by size, the largest first; -1 is noise. What happens to noise is
    ``settings.noise``: ``drop`` leaves it without a topic, ``keep`` adds a topic -1 for it,
    ``nearest`` gives it to the topic with the nearest centroid. ``probability``, 0 to 1, is the
    membership strength, or the confidence of the nearest centroid (see ``centroids.Nearest``).

    ``earlier`` topics go on as ``settings.earlier`` says, under their numbers and names; new ones
    get the next numbers. ``complete`` and ``template`` name topics where ``settings.namer`` asks
    for it.

    Returns ``clusters`` (a row for each prompt, in the order of the prompts), ``topics`` and
    ``centroids``. Prompts are ordered by id before anything is drawn, so the order of the rows
    changes nothing.

    Raises:
        StaleArtifactError: a prompt has no embedding.
        ConfigError: the method is not installed, or the template does not fit.
        CompletionError: the namer's client stops the run.
    """
    prompts = prompts.select(["prompt_id", "text", "language"])
    ordered = prompts.sort_by("prompt_id")
    if not ordered.num_rows:
        observe.note("there are no prompts to cluster")
        kept = CENTROIDS.schema.empty_table() if earlier is None else earlier.left_behind
        empty = {"clusters": CLUSTERS.schema.empty_table(), "topics": TOPICS.schema.empty_table()}
        return empty | {"centroids": kept}
    vectors = _vectors_of(ordered["prompt_id"], embeddings)
    namer = Namer(complete, template or "", settings.template) if complete else None
    with one_thread():
        grouping, origin = _group(ordered["prompt_id"], vectors, settings, earlier, observe)
        ids = number_topics(origin, earlier)
        observe.progress(2, _STEPS)
        topics = topics_with_members(vectors, grouping, ids, noise=settings.noise == "keep")
        made = summarise(ordered, topics, grouping, earlier, settings, namer, observe)
        silhouette = simplified_silhouette(
            vectors, grouping.labels, grouping.centroids.vectors, settings.seed
        )
    observe.figure("silhouette", None if silhouette is None else round(silhouette, 4))
    _tell_sizes(topics, len(vectors), observe)
    observe.progress(_STEPS, _STEPS)
    return made | {"clusters": _memberships(prompts, ordered, grouping, ids)}


def _memberships(prompts: pa.Table, ordered: pa.Table, grouping: Grouping, ids: Labels) -> pa.Table:
    """The table ``clusters`` in the order of the prompts."""
    found = pa.table(
        {
            "prompt_id": ordered["prompt_id"].cast(pa.string()),
            "topic_id": pa.array(np.append(ids, NOISE)[grouping.labels], pa.int32()),
            "probability": pa.array(grouping.probabilities, pa.float32()),
        }
    )
    rows = pc.index_in(prompts["prompt_id"], value_set=ordered["prompt_id"].combine_chunks())
    return found.take(rows).cast(CLUSTERS.schema)


def _vectors_of(ids: pa.ChunkedArray, embeddings: pa.Table) -> Stored:
    """Vectors (n, d) of the prompts ``ids``, as wide as they are stored, wherever they stand."""
    wanted = ids.combine_chunks()
    half = pa.types.is_float16(embeddings.schema.field("vector").type.value_type)
    vectors: Stored | None = None
    missing = np.ones(len(ids), dtype=np.bool_)
    for batch in embeddings.select(["prompt_id", "vector"]).to_batches(max_chunksize=_BATCH_ROWS):
        places = pc.fill_null(pc.index_in(batch["prompt_id"], value_set=wanted), -1).to_numpy()
        flat = batch["vector"].flatten().to_numpy(zero_copy_only=False)
        block = flat.reshape(batch.num_rows, -1)
        if vectors is None:
            kind = np.float16 if half else np.float32
            vectors = np.empty((len(ids), block.shape[1]), dtype=kind)
        vectors[places[places >= 0]] = block[places >= 0]
        missing[places[places >= 0]] = False
    if vectors is None or missing.any():
        first = ids[int(np.argmax(missing))]
        raise StaleArtifactError(
            f"{missing.sum()} of {len(ids)} prompts have no embedding, {first} among them",
            hint="benchbuilder embed --run RUN",
        )
    return vectors


def _group(
    ids: pa.ChunkedArray,
    vectors: Stored,
    settings: ClusterSettings,
    earlier: EarlierTopics | None,
    observe: Observer,
) -> tuple[Grouping, Labels]:
    """The final topics, and by their place that of the earlier topic that each of them is."""
    observe.progress(0, _STEPS)
    kept = 0
    if earlier is not None and settings.earlier == "assign" and earlier.comparable:
        kept = len(earlier.ids)
    if earlier is not None and kept:
        grouping = go_on(ids, vectors, earlier, settings, observe)
    else:
        grouping = group(vectors, settings, observe)
    observe.progress(1, _STEPS)
    grouping = settle_noise(vectors, grouping, settings, observe)
    grouping = numbered_by_size(grouping, after=kept)
    origin = np.full(len(grouping.centroids), NOISE, dtype=np.int64)
    origin[:kept] = np.arange(kept)
    if earlier is not None and not kept:
        origin = found_again(ids, grouping, earlier)
    return grouping, origin


def _tell_sizes(topics: list[Topic], prompts: int, observe: Observer) -> None:
    sizes = sorted(len(topic.rows) for topic in topics if topic.topic_id != NOISE)
    observe.figure("topics", len(sizes))
    if not sizes:
        observe.note("no topic was found: cluster.noise=nearest would make one of all prompts")
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
