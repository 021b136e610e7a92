"""Topics: their mean scores, which of them are open, and which open ones are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchbuilder.sampling.candidates import NOISE, Candidate, lot
from benchbuilder.settings import SampleSettings


@dataclass(frozen=True)
class Topic:
    """A topic: its prompts, those with a score, and those that may be chosen.

    ``mean_score`` is over all prompts or the eligible ones, as ``mean_over`` says; null without
    any.
    """

    topic_id: int
    members: tuple[Candidate, ...]
    mean_score: float | None
    scored: tuple[Candidate, ...]
    eligible: tuple[Candidate, ...]
    lot: str


def group_by_topic(
    candidates: Sequence[Candidate],
    is_eligible: Callable[[Candidate], bool],
    settings: SampleSettings,
) -> list[Topic]:
    """Topics in order of their ids; noise is one of them."""
    members: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        members.setdefault(candidate.topic_id, []).append(candidate)
    topics = []
    for topic_id, inside in sorted(members.items()):
        scored = tuple(c for c in inside if c.score is not None)
        eligible = tuple(c for c in scored if is_eligible(c))
        pool = eligible if settings.mean_over == "eligible" else inside
        worth = [c.worth for c in pool if c.worth is not None]
        mean = sum(worth) / len(worth) if worth else None
        drawn = lot(settings.seed, f"topic {topic_id}")
        topics.append(Topic(topic_id, tuple(inside), mean, scored, eligible, drawn))
    return topics


def why_closed(topic: Topic, settings: SampleSettings) -> str | None:
    """The reason why nothing is drawn from a topic, or None."""
    if topic.topic_id == NOISE and settings.noise == "exclude":
        return "noise"
    floor = settings.min_cluster_score
    if floor is not None and (topic.mean_score is None or topic.mean_score < floor):
        return "topic_below_min_cluster_score"
    if not topic.eligible:
        return "topic_has_none_eligible"
    return None


def draw_topics(open_topics: Sequence[Topic], settings: SampleSettings) -> list[Topic]:
    """``clusters`` of the open topics: by lot, or those with the best mean score."""
    if settings.pick_clusters == "best":
        ordered = sorted(open_topics, key=lambda t: (-(t.mean_score or 0.0), t.lot))
    else:
        ordered = sorted(open_topics, key=lambda t: t.lot)
    return ordered if settings.clusters is None else ordered[: settings.clusters]
