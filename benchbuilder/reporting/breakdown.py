"""Win rates on parts of the games: by topic, and by judge where there are several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.reporting.values import number
from benchbuilder.settings import ReportSettings
from benchbuilder.stats.battles import Battles, build_battles, select_prompts
from benchbuilder.stats.topics import topic_rates
from benchbuilder.stats.win_rate import WinRates, win_rates

Row = dict[str, Any]
Document = dict[str, Any]


def breakdown_rows(
    battles: Battles,
    judgments: pa.Table,
    topics: Mapping[str, str | None],
    settings: ReportSettings,
) -> list[Row]:
    """One row per model and part: ``dimension`` is ``topic`` or ``judge``, ``part`` its name.

    The same estimate and the same analytic intervals as on the leaderboard, on that part alone.
    """
    return [
        row
        for dimension, part, rates in (
            *_by_topic(battles, topics, settings),
            *_by_judge(battles, judgments, settings),
        )
        for row in _rows(dimension, part, rates)
    ]


def topic_summary(battles: Battles, topics: Mapping[str, str | None]) -> Document:
    """Borda consensus per model (0 to 1), and which topics are large enough to take part."""
    found = topic_rates(battles, topics)
    return {
        "topics": len(found.topics),
        "counted": list(found.counted),
        "min_prompts": found.min_prompts,
        "without_topic": found.without_topic,
        "borda": {m: number(v) for m, v in zip(found.models, found.borda, strict=True)},
        "reason": None if found.counted else _why_none(len(found.topics), found.min_prompts),
    }


def _why_none(topics: int, least: int) -> str:
    if not topics:
        return "no question has a topic"
    return f"no topic has {least} questions on which two models have a verdict"


def _by_topic(
    battles: Battles, topics: Mapping[str, str | None], settings: ReportSettings
) -> Iterator[tuple[str, str, WinRates]]:
    members: dict[str, list[str]] = {}
    for prompt in battles.prompts:
        topic = topics.get(prompt)
        if topic is not None:
            members.setdefault(topic, []).append(prompt)
    for topic in sorted(members):
        part = select_prompts(battles, members[topic])
        yield "topic", topic, win_rates(part, confidence=settings.confidence)


def _by_judge(
    battles: Battles, judgments: pa.Table, settings: ReportSettings
) -> Iterator[tuple[str, str, WinRates]]:
    if len(battles.judges) < 2:
        return
    for judge in battles.judges:
        part = build_battles(
            judgments.filter(pc.equal(judgments["judge"], judge)),
            baseline=battles.baseline,
            prompts=battles.prompts,
            weighting=settings.weighting,
            preferences=settings.preferences == "use",
            null_game=settings.null_game,
        )
        yield "judge", judge, win_rates(part, confidence=settings.confidence)


def _rows(dimension: str, part: str, rates: WinRates) -> list[Row]:
    return [
        {
            "model": model,
            "dimension": dimension,
            "part": part,
            "win_rate": number(rates.win_rate[i]),
            "lower": number(rates.lower[i]),
            "upper": number(rates.upper[i]),
            "prompts": int(rates.units[i]),
        }
        for i, model in enumerate(rates.models)
    ]
