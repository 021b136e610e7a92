"""Benchmarks side by side as JSON: the paper's table, on the models that all of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.settings import ReportSettings
from benchbuilder.stats.agreement import RULE_LABELS
from benchbuilder.stats.benchmarks import Benchmark, side_by_side
from benchbuilder.stats.human import HumanRanking

Document = dict[str, Any]


def benchmark_of(board: Document, judgments: pa.Table, name: str) -> Benchmark:
    """A leaderboard (of ``stages.report``) as one of several benchmarks.

    The baseline takes part, as it does in published tables. Models without a rate are left out, and
    so are those that were stopped early: they were not measured as far as the others.

    The cost is that of the judgments against this baseline, None when any of it is not known.
    """
    rows = [
        row
        for row in board["leaderboard"]
        if row["win_rate"] is not None and row["model"] not in board["stopped"]
    ]

    def column(key: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array([row[key] for row in rows], dtype=np.float64)

    games = judgments.filter(pc.equal(judgments["baseline"], board["baseline"]))
    costs = games["cost_usd"].to_pylist()
    return Benchmark(
        name=name,
        models=tuple(row["model"] for row in rows),
        score=column("win_rate"),
        lower=column("lower"),
        upper=column("upper"),
        mean=column("win_rate"),
        variance=column("standard_error") ** 2,
        questions=board["questions"],
        cost_usd=None if None in costs else sum(costs),
    )


def side_by_side_document(
    benchmarks: Sequence[Benchmark],
    human: HumanRanking | None,
    *,
    called: str,
    names: Mapping[str, str] | None,
    settings: ReportSettings,
) -> Document:
    """The JSON of several benchmarks; what needs a ranking is null without one.

    Raises:
        InputError: they share no model.
    """
    found = side_by_side(
        benchmarks,
        human,
        names=names,
        rounds=settings.rounds,
        seed=settings.seed,
        confidence=settings.confidence,
    )
    return {
        "benchmarks": [asdict(quality) for quality in found.benchmarks],
        "models": list(found.models),
        "not_compared": {name: list(models) for name, models in found.not_compared.items()},
        "human": None if human is None else {"name": called, "models": list(human.models)},
        "settings": {
            "rounds": settings.rounds,
            "seed": settings.seed,
            "confidence": settings.confidence,
            "agreement": RULE_LABELS["closed"],
            "agreement_recorded": RULE_LABELS["open"],
        },
    }
