"""The selection: the threshold that gives enough, open topics, the deal, and every reason."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from benchbuilder.observe import Observer
from benchbuilder.sampling.candidates import Candidate
from benchbuilder.sampling.deal import Deal, deal
from benchbuilder.sampling.limits import Limits, Refusal, demands
from benchbuilder.sampling.queues import Queue, lay_out
from benchbuilder.sampling.topics import Topic, draw_topics, group_by_topic, why_closed
from benchbuilder.sampling.vectors import Vectors
from benchbuilder.settings import SampleSettings

SELECTED, MUST_INCLUDE = "selected", "must_include"


@dataclass(frozen=True)
class Rules:
    """What decides a selection beside the candidates. ``barred`` and ``included`` go by prompt_id;
    ``wanted`` is how many questions are asked for."""

    settings: SampleSettings
    wanted: int | None
    topic_names: Mapping[int, str] = field(default_factory=dict)
    barred: Mapping[str, Refusal] = field(default_factory=dict)
    included: Mapping[str, str] = field(default_factory=dict)
    vectors: Vectors | None = None


@dataclass(frozen=True)
class Choice:
    """A selection at one threshold; ``closed`` holds the reason against each topic, or None."""

    threshold: float
    topics: list[Topic]
    closed: dict[int, str | None]
    drawn: list[Topic]
    deal: Deal
    limits: Limits

    @cached_property
    def drawn_ids(self) -> frozenset[int]:
        return frozenset(topic.topic_id for topic in self.drawn)


def questions_wanted(settings: SampleSettings, prompts: int) -> int | None:
    """How many questions are asked for: the target, at most ``max_share`` of the prompts."""
    if settings.target is None or settings.max_share == 1:
        return settings.target
    return min(settings.target, math.ceil(settings.max_share * prompts))


def choose(candidates: Sequence[Candidate], rules: Rules, observe: Observer) -> Choice:
    """Select at ``min_score``; while too few are there, go down by one to ``min_score_floor``."""
    wanted, floor = rules.wanted, rules.settings.min_score_floor
    threshold, found = rules.settings.min_score, dict[float, int]()
    while True:
        choice = _choose_at(threshold, candidates, rules)
        found[threshold] = len(choice.deal.chosen)
        enough = wanted is None or found[threshold] >= wanted
        if enough or floor is None or threshold - 1 < floor:
            break
        threshold -= 1
    *above, last = found
    if above:
        counts = ", ".join(f"{found[score]} at {score:g}" for score in above)
        observe.note(
            f"the threshold goes down from a score of {above[0]:g} to {last:g}: fewer prompts can "
            f"be drawn above than the {wanted} asked for ({counts})"
        )
    return choice


def _choose_at(threshold: float, candidates: Sequence[Candidate], rules: Rules) -> Choice:
    settings = rules.settings
    topics = group_by_topic(
        candidates,
        lambda c: c.score is not None and c.score >= threshold and c.prompt_id not in rules.barred,
        settings,
    )
    closed = {topic.topic_id: why_closed(topic, settings) for topic in topics}
    drawn = draw_topics([t for t in topics if closed[t.topic_id] is None], settings)
    limits = Limits(settings, rules.wanted, rules.topic_names, rules.vectors)
    so_far = Deal()
    for candidate in candidates:
        if candidate.prompt_id in rules.included and candidate.prompt_id not in rules.barred:
            so_far.take(candidate, limits)
    queues = lay_out(drawn, settings, rules.vectors)
    _meet_demands(queues, limits, so_far, rules)
    deal(queues, limits, so_far, lambda: _enough(so_far, rules.wanted))
    return Choice(threshold, topics, closed, drawn, so_far, limits)


def _enough(so_far: Deal, wanted: int | None) -> bool:
    return wanted is not None and len(so_far.chosen) >= wanted


def _meet_demands(queues: Sequence[Queue], limits: Limits, so_far: Deal, rules: Rules) -> None:
    """Minimums first, one after the other."""
    for kind, key, count in demands(rules.settings.at_least, rules.wanted):

        def wants(candidate: Candidate, kind: str = kind, key: str = key) -> bool:
            return falls_under(candidate, kind, key, limits)

        def met(kind: str = kind, key: str = key, count: int = count) -> bool:
            there = sum(falls_under(c, kind, key, limits) for c in so_far.chosen.values())
            return there >= count or _enough(so_far, rules.wanted)

        deal(queues, limits, so_far, met, wants)


def falls_under(candidate: Candidate, kind: str, key: str, limits: Limits) -> bool:
    """Whether a quota for a language, or for a topic by number or name, counts a prompt."""
    if kind == "language":
        return candidate.language == key
    return key in limits.topic_keys(candidate.topic_id)


def reason_of(candidate: Candidate, choice: Choice, rules: Rules) -> Refusal:
    """Why a prompt was chosen, or the first rule that stopped it, and a detail."""
    name, settings = candidate.prompt_id, rules.settings
    if name in choice.deal.chosen:
        if name in rules.included:
            return MUST_INCLUDE, rules.included[name]
        return SELECTED, None
    if candidate.score is None and rules.barred.get(name, ("",))[0] != "veto":
        return candidate.no_score or "no_score", None
    if name in rules.barred:
        return rules.barred[name]
    if (candidate.score or 0) < choice.threshold:
        return "below_min_score", None
    closed = choice.closed[candidate.topic_id]
    if closed is not None:
        return closed, None
    if candidate.topic_id not in choice.drawn_ids:
        return "topic_not_drawn", None
    if name in choice.deal.refused:
        return choice.deal.refused[name]
    most = settings.per_cluster
    if most is not None and choice.limits.of_topic[candidate.topic_id] >= most:
        return "enough_from_topic", None
    return "target_reached", None
