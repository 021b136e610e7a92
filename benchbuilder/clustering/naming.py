"""Names of topics: a language model's where it gives a usable one, else their keywords."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchbuilder.llm.types import Complete, Request
from benchbuilder.observe import Observer
from benchbuilder.text.fencing import cut_middle, fence_code
from benchbuilder.text.keywords import topic_names
from benchbuilder.text.short_name import parse_name
from benchbuilder.text.templates import Template, parse_template

NAMER, KEYWORDS, EARLIER = "namer", "keywords", "earlier"
_EXAMPLE_CHARS = 300
_SLOTS = ("keywords", "examples", "taken", "fence")

#: What a model is asked to answer with, where its server can be held to a JSON schema.
ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Group:
    """What is shown of a topic or an area, and the name it has from an earlier run, if any."""

    keywords: Sequence[str]
    examples: Sequence[str]
    earlier: str | None = None


@dataclass(frozen=True)
class Namer:
    """A model and the text of its template."""

    complete: Complete
    template: str
    template_name: str = "name-topic"


def name_groups(
    groups: Mapping[int, Group],
    namer: Namer | None,
    observe: Observer,
    *,
    taken: Sequence[str] = (),
    what: str = "topic",
) -> dict[int, tuple[str, str]]:
    """A name for each group and where it comes from (``namer``, ``keywords`` or ``earlier``).

    Names are unique, and none of ``taken`` is given. An earlier name stays. A model is asked once
    for each other group but noise (a number below 0); where it gives one name to several, the first
    keeps it, and the others are asked once more with that name as taken. What has no usable name
    then is called by its keywords, and a note counts the reasons.
    """
    named = {n: (group.earlier, EARLIER) for n, group in groups.items() if group.earlier}
    failed: Counter[str] = Counter()
    if namer is not None:
        asked = {n: group for n, group in groups.items() if n >= 0 and n not in named}
        found, failed = _ask_twice(asked, namer, [*taken, *(name for name, _ in named.values())])
        named |= {n: (name, NAMER) for n, name in found.items()}
        observe.figure(f"{what}s_named", len(found))
    rest = {n: list(group.keywords) for n, group in groups.items() if n not in named}
    by_keywords = topic_names(rest, [*taken, *(name for name, _ in named.values())], what)
    named |= {n: (name, KEYWORDS) for n, name in by_keywords.items()}
    if failed:
        reasons = ", ".join(f"{count} × {reason}" for reason, count in sorted(failed.items()))
        observe.note(
            f"{failed.total()} of {len(groups)} {what}s are called by their keywords, "
            f"because the namer gave no usable name: {reasons}"
        )
    return {n: named[n] for n in groups}


def _ask_twice(
    groups: Mapping[int, Group], namer: Namer, taken: Sequence[str]
) -> tuple[dict[int, str], Counter[str]]:
    """Names that are unique and not ``taken``, and how many failed for which reason."""
    template = parse_template(
        namer.template, name=namer.template_name, known=_SLOTS, required=("examples", "fence")
    )
    names: dict[int, str] = {}
    failed: dict[int, str] = {}
    used = {name.casefold(): name for name in taken}
    conflicts: dict[int, str] = {}
    for last in (False, True):
        wanted = {n: groups[n] for n in (conflicts if last else groups)}
        answers = _ask(wanted, template, namer.complete, conflicts)
        conflicts = {}
        for n, (name, reason) in answers.items():
            if name is None:
                failed[n] = reason
            elif name.casefold() in used:
                conflicts[n] = used[name.casefold()]
            else:
                names[n] = used[name.casefold()] = name
    failed |= dict.fromkeys(conflicts, "the name of another")
    return names, Counter(failed.values())


def _ask(
    groups: Mapping[int, Group], template: Template, complete: Complete, taken: Mapping[int, str]
) -> dict[int, tuple[str, str] | tuple[None, str]]:
    """By group a name, or None and the reason."""
    if not groups:
        return {}
    requests = [
        Request(str(n), _messages(group, template, taken.get(n)), schema=ANSWER_SCHEMA)
        for n, group in groups.items()
    ]
    completions = {c.id: c for c in complete(requests, accept=lambda text: parse_name(text)[1])}
    found: dict[int, tuple[str, str] | tuple[None, str]] = {}
    for n in groups:
        completion = completions[str(n)]
        name, reason = parse_name(completion.text or "")
        if completion.status == "ok" and name is not None:
            found[n] = (name, "")
        elif completion.status in ("ok", "parse_error"):
            found[n] = (None, completion.detail or reason or "no name")
        else:
            found[n] = (None, completion.status.replace("_", " "))
    return found


def _messages(group: Group, template: Template, taken: str | None) -> tuple[dict[str, str], ...]:
    shown = "\n\n".join(f"- {cut_middle(example, _EXAMPLE_CHARS)[0]}" for example in group.examples)
    values = {
        "keywords": ", ".join(group.keywords) or "none",
        "examples": shown,
        "taken": taken or "none",
        "fence": fence_code(shown),
    }
    return template.messages(values)
