"""Topics of two releases side by side: the numbers of topics mean nothing from one to another.

Two topics are the same one by the rule of ``clustering.matching``: by the prompts that both
releases hold. Where these are too few to decide, topics of the same name are the same: those that
went on kept theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from benchbuilder.clustering.density import NOISE
from benchbuilder.clustering.matching import count_shared, same_topics


class Topics(NamedTuple):
    """Topics of a release: names by id, the topic of each prompt, prompts and questions by id."""

    names: dict[int, str]
    topic_of: dict[str, int]
    prompts: Counter[int]
    questions: Counter[int]


def topic_drift(a: Mapping[str, pa.Table], b: Mapping[str, pa.Table]) -> dict[str, Any]:
    """``same`` (pairs), ``new`` and ``gone`` topics, each with its prompts and questions.

    ``overlap`` of a pair is null where its name decided. Both arguments hold the tables clusters,
    topics and questions of a release.
    """
    before, after = _read(a), _read(b)
    pairs = _pairs(before, after)
    used_a, used_b = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    same: list[dict[str, Any]] = [
        {
            "a": before.names[i],
            "b": after.names[j],
            "overlap": overlap,
            "prompts_a": before.prompts[i],
            "prompts_b": after.prompts[j],
            "questions_a": before.questions[i],
            "questions_b": after.questions[j],
        }
        for i, j, overlap in pairs
    ]
    same.sort(key=lambda row: (-abs(row["questions_b"] - row["questions_a"]), row["b"], row["a"]))
    return {
        "same": same,
        "new": [_alone(after, j) for j in sorted(set(after.names) - used_b)],
        "gone": [_alone(before, i) for i in sorted(set(before.names) - used_a)],
    }


def _read(tables: Mapping[str, pa.Table]) -> Topics:
    topics = tables["topics"]
    names = dict(zip(topics["topic_id"].to_pylist(), topics["name"].to_pylist(), strict=True))
    names.pop(NOISE, None)
    clusters = tables["clusters"]
    topic_of = dict(
        zip(clusters["prompt_id"].to_pylist(), clusters["topic_id"].to_pylist(), strict=True)
    )
    asked = tables["questions"]["question_id"].to_pylist()
    return Topics(
        names,
        topic_of,
        Counter(topic_of.values()),
        Counter(topic_of.get(question_id, NOISE) for question_id in asked),
    )


def _pairs(a: Topics, b: Topics) -> list[tuple[int, int, float | None]]:
    """Ids of the same topic in both, and the overlap where it decided."""
    both = [prompt for prompt in a.topic_of if prompt in b.topic_of]
    before, now = (_places(topics, both) for topics in (a, b))
    known = np.ones(len(both), dtype=np.bool_)
    shared = count_shared(before, now, known, len(a.names), len(b.names))
    names = (np.array(list(topics.names.values()), dtype=np.object_) for topics in (a, b))
    alike = np.equal.outer(*names).astype(np.float64)
    ids_a, ids_b, overlap = list(a.names), list(b.names), shared.overlap
    return [
        (ids_a[i], ids_b[j], round(float(overlap[i, j]), 6) or None)
        for j, i in enumerate(same_topics(shared, alike).tolist())
        if i != NOISE
    ]


def _places(topics: Topics, prompts: list[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The place among the names of the topic of each prompt, -1 for none."""
    place = {topic_id: at for at, topic_id in enumerate(topics.names)}
    return np.array([place.get(topics.topic_of[p], NOISE) for p in prompts], dtype=np.int64)


def _alone(topics: Topics, topic_id: int) -> dict[str, Any]:
    return {
        "topic": topics.names[topic_id],
        "prompts": topics.prompts[topic_id],
        "questions": topics.questions[topic_id],
    }
