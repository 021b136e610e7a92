"""Who leads on which topic, and what the topics say together.

A mean over prompts lets one large topic rule; the Borda consensus gives every topic one voice: a
model's points are the share of the other models that it is ahead of, averaged over topics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchbuilder.stats.battles import Battles
from benchbuilder.stats.games import FloatArray, IntArray

#: Below this number of prompts a topic's win rate is shown as too thin to read.
MIN_PROMPTS = 10


@dataclass(frozen=True, eq=False)
class TopicRates:
    """Arrays are models × topics; nan where a model has no prompt (one for the error).
    ``prompts``: how many count. ``borda``: per model, 0 to 1, over the topics on which at least two
    models have ``min_prompts`` prompts (``counted``); nan without any. ``without_topic``: prompts
    that belong to none."""

    models: tuple[str, ...]
    topics: tuple[str, ...]
    win_rate: FloatArray
    standard_error: FloatArray
    prompts: IntArray
    borda: FloatArray
    counted: tuple[str, ...]
    without_topic: int
    min_prompts: int


def topic_rates(
    battles: Battles, topics: Mapping[str, str | None], *, min_prompts: int = MIN_PROMPTS
) -> TopicRates:
    """Win rates by topic (prompt -> topic; None or absent: no topic), and their consensus."""
    names = sorted({topic for p in battles.prompts if (topic := topics.get(p)) is not None})
    code = {topic: place for place, topic in enumerate(names)}
    member = np.zeros((len(battles.prompts), len(names)))
    for place, prompt in enumerate(battles.prompts):
        topic = topics.get(prompt)
        if topic is not None:
            member[place, code[topic]] = 1.0
    total = battles.weight @ member
    prompts = np.asarray((battles.weight > 0) @ member, dtype=np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = battles.score @ member / total
        residual = battles.score - (np.nan_to_num(rate) @ member.T) * battles.weight
        correction = np.where(prompts > 1, prompts / (prompts - 1.0), np.nan)
        error = np.sqrt(correction * (residual**2 @ member)) / total
    read = np.where(prompts >= min_prompts, rate, np.nan)
    counted = (~np.isnan(read)).sum(axis=0) > 1
    return TopicRates(
        models=battles.models,
        topics=tuple(names),
        win_rate=rate,
        standard_error=error,
        prompts=prompts,
        borda=borda(read[:, counted]),
        counted=tuple(name for name, used in zip(names, counted, strict=True) if used),
        without_topic=int((member.sum(axis=1) == 0).sum()),
        min_prompts=min_prompts,
    )


def borda(rates: FloatArray) -> FloatArray:
    """Mean over the columns of the share of the other models that a model is ahead of, a tie
    counting half; nan entries take no part."""
    known = ~np.isnan(rates)
    ahead = rates[:, None, :] > rates[None, :, :]
    level = rates[:, None, :] == rates[None, :, :]
    others = known.sum(axis=0) - 1
    # A model ties with itself, which is no point.
    points = ahead.sum(axis=1) + (level.sum(axis=1) - known) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(known & (others > 0), points / others, np.nan)
        judged = (~np.isnan(share)).sum(axis=1)
        return np.asarray(np.nansum(share, axis=1) / np.where(judged > 0, judged, np.nan))
