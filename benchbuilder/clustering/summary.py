"""What topics are: keywords, areas, names, sizes, examples, and centroids for a later run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.clustering.areas import find_areas
from benchbuilder.clustering.density import NOISE
from benchbuilder.clustering.earlier import EarlierTopics, next_number
from benchbuilder.clustering.grouping import Grouping
from benchbuilder.clustering.members import Topic, read_terms
from benchbuilder.clustering.naming import Group, Namer, name_groups
from benchbuilder.clustering.quality import coherence
from benchbuilder.observe import Observer
from benchbuilder.schemas import CENTROIDS, TOPICS
from benchbuilder.settings import ClusterSettings
from benchbuilder.text.keywords import TermCounts, topic_keywords

Row = dict[str, Any]

_NAMES_SHOWN = 8  # of an area's topics, to the model that names it


def summarise(
    prompts: pa.Table,
    topics: list[Topic],
    grouping: Grouping,
    earlier: EarlierTopics | None,
    settings: ClusterSettings,
    namer: Namer | None,
    observe: Observer,
) -> dict[str, pa.Table]:
    """The tables ``topics`` and ``centroids``; everything in them comes from the final assignment.

    ``prompts`` (prompt_id, text, language) stand in the order of the vectors.
    """
    counts, sample = read_terms(prompts, topics)
    keywords = topic_keywords(counts, settings.keywords)
    together = coherence({t: words for t, words in keywords.items() if t != NOISE}, sample)
    observe.figure("coherence", None if together is None else round(together, 4))
    before = {row["topic_id"]: row for row in earlier.numbered.to_pylist()} if earlier else {}
    texts = {t.topic_id: prompts["text"].take(pa.array(t.examples)).to_pylist() for t in topics}
    groups = {
        t.topic_id: Group(
            keywords[t.topic_id],
            texts[t.topic_id],
            before[t.topic_id]["name"] if t.topic_id in before else None,
        )
        for t in topics
    }
    others = [row["name"] for number, row in before.items() if number not in groups]
    names = name_groups(groups, namer, observe, taken=others)
    first_area = next_number(earlier.numbered["area_id"]) if earlier else 0
    areas = _areas(topics, grouping, before, first_area, settings)
    area_names = _name_areas(areas, topics, names, counts, before, settings, namer, observe)
    ids = prompts["prompt_id"]
    rows = [
        {
            "topic_id": t.topic_id,
            "name": names[t.topic_id][0],
            "name_source": names[t.topic_id][1],
            "keywords": keywords[t.topic_id],
            "size": len(t.rows),
            "area_id": areas.get(t.topic_id),
            "area": area_names.get(areas.get(t.topic_id, NOISE)),
            "example_prompt_ids": ids.take(pa.array(t.examples)).to_pylist(),
        }
        for t in topics
    ]
    table = pa.Table.from_pylist(rows, schema=TOPICS.schema)
    return {"topics": table, "centroids": _centroids(table, topics, grouping, earlier)}


def _areas(
    topics: list[Topic],
    grouping: Grouping,
    before: Mapping[int, Row],
    first: int,
    settings: ClusterSettings,
) -> dict[int, int]:
    """The number of the area of each topic; noise lies in none, new ones count from ``first``."""
    real = [t for t in topics if t.topic_id != NOISE]
    had = [before[t.topic_id]["area_id"] if t.topic_id in before else None for t in real]
    found = find_areas(
        grouping.centroids.vectors[[t.place for t in real]],
        [len(t.rows) for t in real],
        np.array([NOISE if area is None else area for area in had], dtype=np.int64),
        settings.areas,
        first,
    )
    return {t.topic_id: int(a) for t, a in zip(real, found, strict=True) if a != NOISE}


def _name_areas(
    areas: Mapping[int, int],
    topics: list[Topic],
    names: Mapping[int, tuple[str, str]],
    counts: TermCounts,
    before: Mapping[int, Row],
    settings: ClusterSettings,
    namer: Namer | None,
    observe: Observer,
) -> dict[int, str]:
    """By the same rules as topics; in place of prompts the names of their largest topics count."""
    if not areas:
        return {}
    keywords = topic_keywords(counts.of_groups(areas), settings.keywords)
    known = {row["area_id"]: row["area"] for row in before.values() if row["area"]}
    largest = sorted(topics, key=lambda t: (-len(t.rows), t.topic_id))
    groups = {
        area: Group(
            words,
            [names[t.topic_id][0] for t in largest if areas.get(t.topic_id) == area][:_NAMES_SHOWN],
            known.get(area),
        )
        for area, words in keywords.items()
    }
    others = [name for area, name in known.items() if area not in groups]
    found = name_groups(groups, namer, observe, taken=others, what="area")
    return {area: name for area, (name, _) in found.items()}


def _centroids(
    table: pa.Table, topics: list[Topic], grouping: Grouping, earlier: EarlierTopics | None
) -> pa.Table:
    """Those of the topics, then earlier ones that have no prompt in this run."""
    places = [t.place for t in topics if t.topic_id != NOISE]
    kept = grouping.centroids.take(np.array(places, dtype=np.int64))
    flat = pa.array(kept.vectors.reshape(-1), pa.float32())
    named = table.filter(pc.field("topic_id") != NOISE)
    found = named.select(["topic_id", "name", "area_id", "area"])
    found = found.append_column("floor", pa.array(kept.floors, pa.float32()))
    width = kept.vectors.shape[1]
    offsets = pa.array(np.arange(len(kept) + 1) * width, pa.int32())
    vectors = pa.ListArray.from_arrays(offsets, flat)
    found = found.append_column("vector", vectors).cast(CENTROIDS.schema)
    if earlier is None:
        return found
    before = earlier.left_behind
    gone = pc.invert(pc.is_in(before["topic_id"], value_set=found["topic_id"]))
    return pa.concat_tables([found, before.filter(gone)])
