"""``sample``: prompts × clusters × annotations → selection, topic scores, questions.

Draws depend on ids and the seed alone: every id gets a fixed lot, so neither the order of the rows
nor prompts that come or go elsewhere change who is drawn.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from benchbuilder.config import SampleSettings
from benchbuilder.observe import Observer
from benchbuilder.schemas import CRITERIA, QUESTIONS, SELECTION, TOPIC_SCORES

NOISE = -1


@dataclass(frozen=True)
class Candidate:
    """A prompt as the sampler sees it; ``score`` is null where the annotation failed."""

    prompt_id: str
    topic_id: int
    score: int | None
    promise: float  # the sum of the criteria's probabilities, 0 where the annotator gives none
    lot: str


@dataclass(frozen=True)
class Topic:
    """A topic and its candidates; ``eligible`` ones in the order in which they are taken."""

    topic_id: int
    mean_score: float | None
    scored: tuple[Candidate, ...]
    eligible: tuple[Candidate, ...]
    lot: str


def sample(
    prompts: pa.Table,
    clusters: pa.Table,
    topics: pa.Table,
    annotations: pa.Table,
    *,
    settings: SampleSettings,
    observe: Observer,
) -> dict[str, pa.Table]:
    """Choose the questions of the benchmark.

    A prompt is eligible with a score of at least the threshold; a topic is open when it has one
    and its mean score reaches ``min_cluster_score``. Open topics are drawn (``clusters`` of them)
    and give up to ``per_cluster`` prompts each, one a round, until ``target`` is reached.

    Returns ``selection`` (every prompt, with its reason), ``topic_scores`` and ``questions``.
    """
    candidates = _candidates(prompts, clusters, annotations, settings.seed)
    wanted = _wanted(settings, len(candidates))
    threshold, groups = _lower_until_enough(candidates, settings, wanted, observe)
    closed = {group.topic_id: _why_closed(group, settings) for group in groups}
    drawn = _draw_topics([g for g in groups if closed[g.topic_id] is None], settings)
    chosen = _deal(drawn, settings.per_cluster, wanted)
    _say_what_fell_short(chosen, drawn, settings, wanted, threshold, observe)

    drawn_ids = {group.topic_id for group in drawn}
    for topic_id, reason in closed.items():
        if reason is None and topic_id not in drawn_ids:
            closed[topic_id] = "topic_not_drawn"
    reasons = {c.prompt_id: _why_not(c, threshold, closed) for c in candidates}
    reasons.update(dict.fromkeys(chosen, "selected"))
    observe.figure("threshold", threshold)
    observe.figure("selected", len(chosen))
    observe.figure("reasons", dict(sorted(Counter(reasons.values()).items())))
    return {
        "selection": _selection(candidates, reasons),
        "topic_scores": _topic_scores(groups, closed, chosen, threshold),
        "questions": _questions(prompts, topics, candidates, chosen),
    }


def _candidates(
    prompts: pa.Table, clusters: pa.Table, annotations: pa.Table, seed: int
) -> list[Candidate]:
    """Every prompt in order of its id; one without an annotation has no score."""
    topic_of = dict(
        zip(clusters["prompt_id"].to_pylist(), clusters["topic_id"].to_pylist(), strict=True)
    )
    columns = ["prompt_id", "quality_score", *[f"p_{criterion}" for criterion in CRITERIA]]
    scores: dict[str, tuple[int | None, float]] = {}
    for row in annotations.select(columns).to_pylist():
        promise = sum(row[f"p_{criterion}"] or 0.0 for criterion in CRITERIA)
        scores[row["prompt_id"]] = (row["quality_score"], promise)
    return [
        Candidate(
            prompt_id,
            topic_of.get(prompt_id, NOISE),
            *scores.get(prompt_id, (None, 0.0)),
            _lot(seed, prompt_id),
        )
        for prompt_id in sorted(prompts["prompt_id"].to_pylist())
    ]


def _lot(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def _wanted(settings: SampleSettings, prompts: int) -> int | None:
    """How many questions are asked for: the target, at most ``max_share`` of the prompts."""
    if settings.target is None or settings.max_share == 1:
        return settings.target
    return min(settings.target, math.ceil(settings.max_share * prompts))


def _lower_until_enough(
    candidates: Sequence[Candidate],
    settings: SampleSettings,
    wanted: int | None,
    observe: Observer,
) -> tuple[float, list[Topic]]:
    """Start at ``min_score`` and go down by one to ``min_score_floor`` while too few are there."""
    threshold = settings.min_score
    while True:
        groups = _group(candidates, settings, threshold)
        offered = _offered(groups, settings)
        floor = settings.min_score_floor
        if wanted is None or offered >= wanted or floor is None or threshold - 1 < floor:
            return threshold, groups
        observe.note(
            f"{offered} prompts can be drawn at a score of {threshold:g} or more, fewer than the "
            f"{wanted} asked for: the threshold goes down to {threshold - 1:g}"
        )
        threshold -= 1


def _group(
    candidates: Sequence[Candidate], settings: SampleSettings, threshold: float
) -> list[Topic]:
    """Topics by id. Noise is a topic of its own where ``noise: include`` asks for it."""
    members: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        members.setdefault(candidate.topic_id, []).append(candidate)
    best_first = settings.pick_prompts == "best"
    groups = []
    for topic_id, inside in sorted(members.items()):
        scored = [c for c in inside if c.score is not None]
        eligible = [c for c in scored if c.score is not None and c.score >= threshold]
        eligible.sort(key=lambda c: (-(c.score or 0), -c.promise, c.lot) if best_first else c.lot)
        pool = eligible if settings.mean_over == "eligible" else scored
        mean = sum(c.score or 0 for c in pool) / len(pool) if pool else None
        lot = _lot(settings.seed, f"topic {topic_id}")
        groups.append(Topic(topic_id, mean, tuple(scored), tuple(eligible), lot))
    return groups


def _why_closed(group: Topic, settings: SampleSettings) -> str | None:
    """The reason why nothing is drawn from a topic, or None."""
    if group.topic_id == NOISE and settings.noise == "exclude":
        return "noise"
    floor = settings.min_cluster_score
    if floor is not None and (group.mean_score is None or group.mean_score < floor):
        return "topic_below_min_cluster_score"
    if not group.eligible:
        return "topic_has_none_eligible"
    return None


def _offered(groups: Sequence[Topic], settings: SampleSettings) -> int:
    """How many prompts the open topics can give under the settings."""
    drawn = _draw_topics([g for g in groups if _why_closed(g, settings) is None], settings)
    most = settings.per_cluster
    return sum(len(g.eligible) if most is None else min(most, len(g.eligible)) for g in drawn)


def _draw_topics(open_topics: list[Topic], settings: SampleSettings) -> list[Topic]:
    """``clusters`` of the open topics: by lot, or those with the best mean score."""
    if settings.pick_clusters == "best":
        ordered = sorted(open_topics, key=lambda g: (-(g.mean_score or 0.0), g.lot))
    else:
        ordered = sorted(open_topics, key=lambda g: g.lot)
    return ordered if settings.clusters is None else ordered[: settings.clusters]


def _deal(drawn: Sequence[Topic], most: int | None, wanted: int | None) -> dict[str, int]:
    """One prompt from each topic a round: no topic gets a second before all had a first."""
    chosen: dict[str, int] = {}
    rounds = max((len(g.eligible) for g in drawn), default=0)
    for place in range(rounds if most is None else min(most, rounds)):
        for group in drawn:
            if wanted is not None and len(chosen) >= wanted:
                return chosen
            if place < len(group.eligible):
                chosen[group.eligible[place].prompt_id] = group.topic_id
    return chosen


def _say_what_fell_short(
    chosen: dict[str, int],
    drawn: Sequence[Topic],
    settings: SampleSettings,
    wanted: int | None,
    threshold: float,
    observe: Observer,
) -> None:
    if wanted is None and settings.clusters is not None and settings.per_cluster is not None:
        wanted = settings.clusters * settings.per_cluster
    if wanted is not None and len(chosen) < wanted:
        observe.note(
            f"{len(chosen)} questions instead of the {wanted} asked for: that is all that "
            f"{len(drawn)} open topics give at a score of {threshold:g} or more"
        )
    if settings.clusters is not None and len(drawn) < settings.clusters:
        observe.note(f"{len(drawn)} topics could be drawn, not the {settings.clusters} asked for")


def _why_not(candidate: Candidate, threshold: float, closed: dict[int, str | None]) -> str:
    """The first rule that stopped a prompt which was not chosen."""
    if candidate.score is None:
        return "no_score"
    if candidate.score < threshold:
        return "below_min_score"
    return closed[candidate.topic_id] or "enough_from_topic"


def _selection(candidates: Sequence[Candidate], reasons: dict[str, str]) -> pa.Table:
    rows = [
        {
            "prompt_id": c.prompt_id,
            "selected": reasons[c.prompt_id] == "selected",
            "reason": reasons[c.prompt_id],
            "topic_id": c.topic_id,
            "quality_score": c.score,
        }
        for c in candidates
    ]
    return pa.Table.from_pylist(rows, schema=SELECTION.schema)


def _topic_scores(
    groups: Sequence[Topic],
    closed: dict[int, str | None],
    chosen: dict[str, int],
    threshold: float,
) -> pa.Table:
    picked = Counter(chosen.values())
    rows = []
    for group in groups:
        hard = sum(1 for c in group.scored if c.score is not None and c.score >= threshold)
        total = sum(c.score or 0 for c in group.scored)
        rows.append(
            {
                "topic_id": group.topic_id,
                "mean_score": total / len(group.scored) if group.scored else None,
                "hard_share": hard / len(group.scored) if group.scored else None,
                "scored": len(group.scored),
                "eligible": len(group.eligible),
                "reason": closed[group.topic_id]
                or ("picked" if picked[group.topic_id] else "target_reached"),
                "picked": picked[group.topic_id],
            }
        )
    return pa.Table.from_pylist(rows, schema=TOPIC_SCORES.schema)


def _questions(
    prompts: pa.Table,
    topics: pa.Table,
    candidates: Sequence[Candidate],
    chosen: dict[str, int],
) -> pa.Table:
    """The chosen prompts in order of their id; a question is named by its prompt."""
    name_of = dict(zip(topics["topic_id"].to_pylist(), topics["name"].to_pylist(), strict=True))
    score_of = {c.prompt_id: c.score for c in candidates}
    rows = [
        {
            "question_id": row["prompt_id"],
            "system": row["system"],
            "text": row["text"],
            "category": "hard",
            "topic": name_of.get(chosen[row["prompt_id"]]),
            "quality_score": score_of[row["prompt_id"]],
            "language": row["language"],
        }
        for row in prompts.select(["prompt_id", "system", "text", "language"]).to_pylist()
        if row["prompt_id"] in chosen
    ]
    rows.sort(key=lambda row: str(row["question_id"]))
    return pa.Table.from_pylist(rows, schema=QUESTIONS.schema)
