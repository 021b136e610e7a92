"""Plain sentences about a selection that is not what the settings asked for."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from benchbuilder.sampling.candidates import Candidate
from benchbuilder.sampling.choice import Choice, Rules, falls_under, reason_of
from benchbuilder.sampling.limits import EVERY_OTHER, demands, quota
from benchbuilder.sampling.votes import NOT_ASKED
from benchbuilder.settings import SampleSettings
from benchbuilder.text.counting import count_of

_NAMED = 8  # languages or topics that a sentence lists


def sentences(choice: Choice, rules: Rules, candidates: Sequence[Candidate]) -> Iterator[str]:
    """Everything that a user must be told of a finished selection."""
    yield from _too_few(choice, rules, candidates)
    yield from _minimums_not_met(choice, rules)
    yield from _quotas_for_nobody(
        rules.settings, {c.language for c in candidates}, rules.topic_names
    )
    yield from _too_much_insisted_on(choice, rules)
    yield from _insisted_on_in_vain(choice, rules)
    unasked = sum(c.no_score == NOT_ASKED and c.promise is not None for c in candidates)
    if unasked and rules.settings.min_cluster_score is not None:
        yield (
            f"the mean scores of topics count {unasked} prompts that no annotator was asked about "
            "with the score that the local head expects"
        )


def _too_few(choice: Choice, rules: Rules, candidates: Sequence[Candidate]) -> Iterator[str]:
    """Fewer questions or topics than were asked for, and what kept the others out."""
    settings, wanted, chosen = rules.settings, rules.wanted, choice.deal.chosen
    if wanted is None and settings.clusters is not None and settings.per_cluster is not None:
        wanted = settings.clusters * settings.per_cluster
    if wanted is not None and len(chosen) < wanted:
        good = [c for c in candidates if c.score is not None and c.score >= choice.threshold]
        kept_out = Counter(
            reason_of(c, choice, rules)[0] for c in good if c.prompt_id not in chosen
        )
        why = ", ".join(f"{n} {reason}" for reason, n in sorted(kept_out.items()))
        yield (
            f"{count_of(len(chosen), 'question')} instead of the {wanted} asked for: "
            f"{count_of(len(good), 'prompt')} have a score of {choice.threshold:g} or more"
            + (f"; kept out: {why}" if why else "")
        )
    if settings.clusters is not None and len(choice.drawn) < settings.clusters:
        topics = count_of(len(choice.drawn), "topic")
        yield f"{topics} could be drawn, not the {settings.clusters} asked for"


def _minimums_not_met(choice: Choice, rules: Rules) -> Iterator[str]:
    for kind, key, count in demands(rules.settings.at_least, rules.wanted):
        there = _count(choice, kind, key)
        if there < count:
            questions = count_of(there, "question")
            yield f"{questions} of {kind} {key!r}, not the {count} asked for"


def _quotas_for_nobody(
    settings: SampleSettings, languages: Collection[str], topics: Mapping[int, str]
) -> Iterator[str]:
    """Quotas whose language or topic no prompt has: mostly a slip."""
    known = {
        "language": sorted(languages),
        "topic": [*topics.values(), *map(str, sorted(topics))],
    }
    for setting in ("at_most", "at_least"):
        for kind, there in known.items():
            named = getattr(getattr(settings, setting), kind)
            for key in sorted(set(named) - {EVERY_OTHER, *there}):
                near = difflib.get_close_matches(key, there, n=1)
                what = f"nearest is {near[0]!r}" if near else f"there are {_some(there)}"
                yield (
                    f"sample.{setting}.{kind} names {key!r}, and no prompt has that {kind}: {what}"
                )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:_NAMED]))
    return f"{shown}, …" if len(names) > _NAMED else shown or "none"


def _too_much_insisted_on(choice: Choice, rules: Rules) -> Iterator[str]:
    """What must be included is included, whatever the target and the quotas say."""
    insisted = [c for c in choice.deal.chosen.values() if c.prompt_id in rules.included]
    if rules.wanted is not None and len(insisted) > rules.wanted:
        yield f"{len(insisted)} prompts must be included, more than the {rules.wanted} asked for"
    most = rules.settings.at_most
    for kind, quotas in (("language", most.language), ("topic", most.topic)):
        for key in sorted(set(quotas) - {EVERY_OTHER}):
            there, cap = _count(choice, kind, key), quota(quotas, rules.wanted, key)
            if cap is not None and there > cap:
                yield f"{there} questions of {kind} {key!r} must be included, {cap} are allowed"


def _insisted_on_in_vain(choice: Choice, rules: Rules) -> Iterator[str]:
    """A veto, the limit of length and other benchmarks win over a list of wishes."""
    lost: dict[str, list[str]] = {}
    for name in sorted(rules.included):
        if name in rules.barred and name not in choice.deal.chosen:
            reason, detail = rules.barred[name]
            lost.setdefault(reason, []).append(f"{name} ({detail})")
    for reason, named in sorted(lost.items()):
        first = named[0] if len(named) == 1 else f"the first is {named[0]}"
        are = "is" if len(named) == 1 else "are"
        yield f"{len(named)} that must be included {are} not: {reason}; {first}"


def _count(choice: Choice, kind: str, key: str) -> int:
    return sum(falls_under(c, kind, key, choice.limits) for c in choice.deal.chosen.values())
