"""Topics of two releases side by side: the numbers of topics mean nothing from one to another.

Two topics are the same one when they share enough of the prompts that both releases hold; where
they hold none in common, when they have the same name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import pyarrow as pa

#: Shared prompts, as a share of the prompts of either topic, from which two are the same topic.
OVERLAP = 0.5
_NOISE = -1


class Topics(NamedTuple):
    """Topics of a release: names by id, prompts by id of the topic, questions by topic."""

    names: dict[int, str]
    members: dict[int, frozenset[str]]
    questions: Counter[int]


def topic_drift(a: Mapping[str, pa.Table], b: Mapping[str, pa.Table]) -> dict[str, Any]:
    """``same`` (pairs), ``new`` and ``gone`` topics, each with its prompts and questions.

    Both arguments hold the tables clusters, topics and questions of a release.
    """
    before, after = _read(a), _read(b)
    pairs = _pairs(before, after)
    used_a, used_b = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    same: list[dict[str, Any]] = [
        {
            "a": before.names[i],
            "b": after.names[j],
            "overlap": overlap,
            "prompts_a": len(before.members[i]),
            "prompts_b": len(after.members[j]),
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
    names.pop(_NOISE, None)
    clusters = tables["clusters"]
    topic_of = dict(
        zip(clusters["prompt_id"].to_pylist(), clusters["topic_id"].to_pylist(), strict=True)
    )
    members: dict[int, set[str]] = {topic_id: set() for topic_id in names}
    for prompt_id, topic_id in topic_of.items():
        members.setdefault(topic_id, set()).add(prompt_id)
    asked = tables["questions"]["question_id"].to_pylist()
    return Topics(
        names,
        {topic_id: frozenset(found) for topic_id, found in members.items()},
        Counter(topic_of.get(question_id, _NOISE) for question_id in asked),
    )


def _pairs(a: Topics, b: Topics) -> list[tuple[int, int, float | None]]:
    """Each topic in one pair at most, those with the largest overlap first."""
    both = _all(a) & _all(b)
    if not both:
        by_name = {name: j for j, name in b.names.items()}
        return [(i, by_name[name], None) for i, name in a.names.items() if name in by_name]
    held_by = {prompt: j for j in b.names for prompt in b.members[j] & both}
    found = []
    for i in a.names:
        ours = a.members[i] & both
        for j, shared in Counter(held_by[p] for p in ours if p in held_by).items():
            overlap = shared / len(ours | (b.members[j] & both))
            if overlap >= OVERLAP:
                found.append((-overlap, i, j))
    pairs: list[tuple[int, int, float | None]] = []
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    for negative, i, j in sorted(found):
        if i not in taken_a and j not in taken_b:
            taken_a.add(i)
            taken_b.add(j)
            pairs.append((i, j, round(-negative, 6)))
    return pairs


def _all(topics: Topics) -> frozenset[str]:
    return frozenset[str]().union(*topics.members.values())


def _alone(topics: Topics, topic_id: int) -> dict[str, Any]:
    return {
        "topic": topics.names[topic_id],
        "prompts": len(topics.members[topic_id]),
        "questions": topics.questions[topic_id],
    }
