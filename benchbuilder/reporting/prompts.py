"""Prompt by prompt, how much it separates models: a table."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from benchbuilder.reporting.values import number
from benchbuilder.settings import ReportSettings
from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.discrimination import MIN_MODELS, prompt_discrimination

SCHEMA = pa.schema(
    [
        ("question_id", pa.string()),
        ("baseline", pa.string()),
        ("models", pa.int32()),  # with a valid game
        ("mean_score", pa.float64()),  # of the models against the baseline
        ("spread", pa.float64()),
        ("discrimination", pa.float64()),
        ("note", pa.string()),  # why there is none
    ]
)


def discrimination_table(judgments: pa.Table, *, settings: ReportSettings) -> pa.Table:
    """One row per baseline and prompt (``SCHEMA``), the most discriminating first.

    Raises:
        InputError: no games, or a verdict that is none of the five.
    """
    rows: list[dict[str, Any]] = []
    for baseline in sorted(set(judgments["baseline"].to_pylist())):
        found = prompt_discrimination(
            build_battles(
                judgments,
                baseline=baseline,
                weighting=settings.weighting,
                preferences=settings.preferences == "use",
                null_game=settings.null_game,
            )
        )
        rows += [
            {
                "question_id": prompt,
                "baseline": baseline,
                "models": int(found.models[place]),
                "mean_score": number(found.mean_score[place]),
                "spread": number(found.spread[place]),
                "discrimination": number(found.discrimination[place]),
                "note": _note(int(found.models[place]), found.discrimination[place]),
            }
            for place, prompt in enumerate(found.prompts)
        ]
    rows.sort(key=_order)
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    value = row["discrimination"]
    return (row["baseline"], value is None, -(value or 0.0), row["question_id"])


def _note(models: int, discrimination: float) -> str | None:
    if discrimination == discrimination:
        return None
    if models < MIN_MODELS:
        return f"fewer than {MIN_MODELS} models have a verdict"
    return "all models fare alike"
