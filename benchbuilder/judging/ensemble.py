"""Several judges as one: the mean of their verdicts, game by game."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from benchbuilder.errors import InputError
from benchbuilder.schemas import JUDGMENTS
from benchbuilder.stats.verdicts import VERDICTS, code_of

_GAME = tuple(name for name in JUDGMENTS.key if name not in ("judge", "judge_sample"))
_SIDES = ("answer_a", "answer_b")
_MIDDLE = len(VERDICTS) // 2


def ensemble(judgments: pa.Table, name: str | None = None) -> pa.Table:
    """One judgment per game from those of all judges (``schemas.JUDGMENTS``).

    Verdicts count 2 (``A>>B``) to −2 (``B>>A``) and are averaged over the valid ones, the samples
    of one judge first, so that every judge weighs the same. A mean of 0 is ``A=B``, up to 1
    ``A>B``, above 1 ``A>>B``, and mirrored for B. A game without a valid verdict stays null.

    Raises:
        InputError: the judgments are of fewer than two judges.
    """
    judges = sorted(set(judgments["judge"].to_pylist()))
    if len(judges) < 2:
        raise InputError(
            f"an ensemble needs two judges or more, found {', '.join(judges) or 'none'}",
            hint="judge the same answers with another judge first",
        )
    named = name or f"ensemble({'+'.join(judges)})"
    games: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in judgments.to_pylist():
        games.setdefault(tuple(row[column] for column in _GAME), []).append(row)
    rows = [_merge(played) | {"judge": named} for played in games.values()]
    return pa.Table.from_pylist(rows, schema=JUDGMENTS.schema)


def verdict_of_mean(mean: float) -> str:
    """The verdict nearest in kind to a mean of −2 to 2: ``0.3`` -> ``A>B``, ``1.3`` -> ``A>>B``."""
    steps = 0 if mean == 0 else 1 if abs(mean) <= 1 else 2
    return VERDICTS[_MIDDLE - steps if mean > 0 else _MIDDLE + steps]


def _merge(played: Sequence[dict[str, Any]]) -> dict[str, Any]:
    by_judge: dict[str, list[int]] = {}
    for row in played:
        if row["verdict"] is not None:
            by_judge.setdefault(row["judge"], []).append(_MIDDLE - code_of(row["verdict"]))
    asked = len({row["judge"] for row in played})
    means = [sum(points) / len(points) for _, points in sorted(by_judge.items())]
    costs = [row["cost_usd"] for row in played]
    tokens = [row["tokens"] for row in played]
    return {column: played[0][column] for column in (*_GAME, *_SIDES)} | {
        "judge_sample": 0,
        "verdict": verdict_of_mean(sum(means) / len(means)) if means else None,
        "status": "ok" if means else played[0]["status"],
        "detail": f"{len(means)} of {asked} judges" if len(means) < asked else None,
        "tokens": None if None in tokens else sum(tokens),
        "cost_usd": None if None in costs else sum(costs),
    }
