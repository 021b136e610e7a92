"""Who is asked about what: everything first by a cheap annotator, or the most promising first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchbuilder.annotating.head import Head, look_up
from benchbuilder.annotating.rows import Row, RowsOf, asked_where, not_asked
from benchbuilder.cascade.learner import Learner
from benchbuilder.cascade.rounds import ask_in_rounds
from benchbuilder.distilled.features import surface_features
from benchbuilder.observe import Observer
from benchbuilder.schemas import CRITERIA
from benchbuilder.settings import AnnotateSettings, FirstSettings


def in_two_stages(
    prompts: Iterator[pa.RecordBatch],
    clusters: pa.Table | None,
    reads_all: RowsOf,
    makers: dict[str, RowsOf],
    settings: AnnotateSettings,
    observe: Observer,
) -> Iterator[list[Row]]:
    """The first annotator reads all; the others what it finds good, in topics it finds good."""
    batches = list(prompts)
    rows = [reads_all(batch) for batch in batches]
    score_of = {row["prompt_id"]: row.get("quality_score") for part in rows for row in part}
    topic_of = {}
    if clusters is not None:
        topic_of = dict(
            zip(*(clusters[c].to_pylist() for c in ("prompt_id", "topic_id")), strict=True)
        )
    passed = passing(score_of, topic_of, settings.first)
    observe.note(
        f"{settings.first.annotator} read {len(score_of):,} prompts; {len(passed):,} pass on to "
        f"{', '.join(makers)}"
    )
    for batch, part in zip(batches, rows, strict=True):
        yield part
        for name, maker in makers.items():
            yield asked_where(batch, passed, name, maker)


def passing(
    score_of: Mapping[str, int | None], topic_of: Mapping[str, int], settings: FirstSettings
) -> set[str]:
    """The prompts that go on: a score of ``min_score`` in a topic whose mean is high enough.

    The mean is over all scored prompts of the topic. A prompt without a score does not go on.
    """
    scores_in: dict[int | None, list[int]] = {}
    for prompt_id, score in score_of.items():
        if score is not None:
            scores_in.setdefault(topic_of.get(prompt_id), []).append(score)
    floor = settings.min_cluster_score
    open_topics = {
        topic
        for topic, scores in scores_in.items()
        if floor is None or sum(scores) / len(scores) >= floor
    }
    return {
        prompt_id
        for prompt_id, score in score_of.items()
        if score is not None
        and score >= settings.min_score
        and topic_of.get(prompt_id) in open_topics
    }


def in_rounds(
    prompts: Iterator[pa.RecordBatch],
    embeddings: pa.Table,
    makers: dict[str, RowsOf],
    head: Head,
    settings: AnnotateSettings,
    *,
    needed: int | None,
    observe: Observer,
) -> Iterator[list[Row]]:
    """A cascade: the annotator reads the most promising prompts first, the panel what it read."""
    batches = list(prompts)
    if not batches:
        return
    table = pa.Table.from_batches(batches).sort_by("prompt_id")
    ids: list[str] = table["prompt_id"].to_pylist()
    place = {prompt_id: row for row, prompt_id in enumerate(ids)}
    texts: list[str] = table["text"].to_pylist()
    vectors = look_up(embeddings)(ids) if "vector" in embeddings.column_names else None
    start = head.annotate(texts, None if head.encoder is None else vectors).probabilities
    learner = Learner(
        np.asarray(start, dtype=np.float64),
        None if vectors is None else np.asarray(vectors, dtype=np.float64),
        surface_features(texts),
    )
    maker = makers[settings.annotator]

    def ask(chosen: Sequence[str]) -> list[Row]:
        rows = table.take(pa.array([place[i] for i in chosen])).combine_chunks()
        return maker(rows.to_batches()[0])

    asked = ask_in_rounds(
        ids,
        learner,
        ask,
        settings=settings.cascade,
        needed=needed,
        seed=settings.seed,
        observe=observe,
    )
    for batch in batches:
        own: list[str] = batch.column("prompt_id").to_pylist()
        yield [
            asked.rows.get(i) or _expected(i, settings.annotator, asked.expected[place[i]])
            for i in own
        ]
        for name, other in makers.items():
            if name != settings.annotator:
                yield asked_where(batch, set(asked.rows), name, other)


def _expected(prompt_id: str, annotator: str, probabilities: npt.NDArray[Any]) -> Row:
    values = zip(CRITERIA, probabilities.tolist(), strict=True)
    return not_asked(prompt_id, annotator) | {f"p_{name}": p for name, p in values}
