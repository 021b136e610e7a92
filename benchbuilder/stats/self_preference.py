"""Does a judge prefer models of its own family?

A judge's own family may simply be good, so its opinion is held against others' (judges of other
families, or people) on the same pairs: by how many points does it rate its own models higher than
they do, and by how many all other models? The difference of the two is the preference.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchbuilder.stats.opinions import Opinions

#: Beginnings of model names and whose family they are; an organisation before a slash is left out.
FAMILIES: dict[str, str] = {
    "gpt": "openai", "chatgpt": "openai", "o1": "openai", "o3": "openai", "o4": "openai",
    "davinci": "openai", "text-davinci": "openai", "codex": "openai",
    "claude": "anthropic",
    "gemini": "google", "gemma": "google", "palm": "google", "bard": "google",
    "llama": "meta", "meta-llama": "meta",
    "mistral": "mistral", "mixtral": "mistral", "ministral": "mistral", "magistral": "mistral",
    "codestral": "mistral", "devstral": "mistral",
    "qwen": "alibaba", "qwq": "alibaba", "qvq": "alibaba",
    "deepseek": "deepseek",
    "command": "cohere", "c4ai": "cohere", "aya": "cohere", "cohere": "cohere",
    "grok": "xai",
    "phi": "microsoft", "wizardlm": "microsoft", "orca": "microsoft",
    "nova": "amazon", "amazon-nova": "amazon",
    "nemotron": "nvidia",
    "yi": "01-ai",
    "glm": "zhipu", "chatglm": "zhipu",
    "kimi": "moonshot", "moonshot": "moonshot",
    "hunyuan": "tencent",
    "ernie": "baidu",
    "doubao": "bytedance",
    "internlm": "internlm",
    "exaone": "lg",
    "solar": "upstage",
    "hyperclova": "naver",
    "smollm": "huggingface", "zephyr": "huggingface",
    "olmo": "allenai", "tulu": "allenai",
    "granite": "ibm",
    "falcon": "tii",
    "jamba": "ai21",
    "reka": "reka",
    "dbrx": "databricks",
    "vicuna": "lmsys", "fastchat": "lmsys",
}  # fmt: skip


@dataclass(frozen=True)
class SelfPreference:
    """``own`` are the judge's relatives among the models. ``own_gap`` and ``other_gap``: mean score
    by this judge minus that by the others, on its relatives and on all other models (0 to 1);
    ``preference`` is their difference with its standard error, question by question. ``reason``:
    why there is no number."""

    judge: str
    family: str | None
    own: tuple[str, ...]
    questions: int
    own_gap: float | None
    other_gap: float | None
    preference: float | None
    standard_error: float | None
    reason: str | None


def family_of(name: str) -> str | None:
    """The family of a model by its name: ``openai/gpt-4.1`` -> ``openai``; None when unknown."""
    plain = name.rpartition("/")[2].lower()
    for beginning in sorted(FAMILIES, key=len, reverse=True):
        more = "a-z0-9" if beginning[-1].isdigit() else "a-z"  # qwen2 is a qwen, o12 is no o1
        if re.match(rf"{re.escape(beginning)}(?![{more}])", plain):
            return FAMILIES[beginning]
    return None


def self_preference(
    judge: str, own: Opinions, others: Sequence[Opinions], *, baselines: frozenset[str]
) -> SelfPreference:
    """The preference of one judge. ``own``: its opinions; ``others``: those of whom it is held
    against; ``baselines``: the models that all others played."""
    family = family_of(judge)
    models = sorted({name for pair in own for name in pair[1:]} - baselines)
    relatives = tuple(name for name in models if family and family_of(name) == family)
    none: dict[str, None] = dict.fromkeys(
        ("own_gap", "other_gap", "preference", "standard_error"), None
    )
    reason = _why_not(family, relatives, models, others, baselines)
    if reason is None:
        gaps = _gaps(own, others, frozenset(relatives), baselines)
        if len(gaps) > 1:
            return _from_gaps(judge, family, relatives, gaps)
        reason = "fewer than two questions on which others judged relatives and other models"
    return SelfPreference(judge, family, relatives, 0, **none, reason=reason)


def _from_gaps(
    judge: str, family: str | None, relatives: tuple[str, ...], gaps: list[tuple[float, float]]
) -> SelfPreference:
    count = len(gaps)
    differences = [mine - theirs for mine, theirs in gaps]
    mean = sum(differences) / count
    variance = sum((value - mean) ** 2 for value in differences) / (count - 1)
    return SelfPreference(
        judge=judge,
        family=family,
        own=relatives,
        questions=count,
        own_gap=sum(mine for mine, _ in gaps) / count,
        other_gap=sum(theirs for _, theirs in gaps) / count,
        preference=mean,
        standard_error=math.sqrt(variance / count),
        reason=None,
    )


def _why_not(
    family: str | None,
    relatives: tuple[str, ...],
    models: list[str],
    others: Sequence[Opinions],
    baselines: frozenset[str],
) -> str | None:
    if family is None:
        return "the family of this judge is not known by its name"
    if any(family_of(name) == family for name in baselines):
        return "the baseline is of this judge's family"
    if not relatives:
        return "no model of this judge's family is here"
    if len(relatives) == len(models):
        return "all models are of this judge's family"
    return None if others else "needs a judge of another family or votes on the same questions"


def _gaps(
    own: Opinions, others: Sequence[Opinions], relatives: frozenset[str], baselines: frozenset[str]
) -> list[tuple[float, float]]:
    """Per question that has both: the mean gap on relatives and on other models."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    for pair, share in own.items():
        theirs = [opinion[pair] for opinion in others if pair in opinion]
        question, one, two = pair
        if not theirs or (one in baselines) == (two in baselines):
            continue
        gap = share - sum(theirs) / len(theirs)
        model, signed = (two, -gap) if one in baselines else (one, gap)
        found.setdefault(question, ([], []))[model not in relatives].append(signed)
    return [
        (sum(mine) / len(mine), sum(rest) / len(rest))
        for _, (mine, rest) in sorted(found.items())
        if mine and rest
    ]


def judges_of_other_families(judge: str, opinions: Mapping[str, Opinions]) -> list[Opinions]:
    """The opinions of all judges that are no relatives of this one."""
    family = family_of(judge)
    return [
        found
        for name, found in sorted(opinions.items())
        if name != judge and (family is None or family_of(name) != family)
    ]
