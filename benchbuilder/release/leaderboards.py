"""Models judged on two releases: what the change of questions does to each of them.

Most questions of two versions are the same ones, so the two win rates of a model are not
independent. The change is R_b − R_a; each question adds to its error what it adds to R_b less what
it adds to R_a (``WinRates.influence``), so questions in both largely cancel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from benchbuilder.stats.battles import Battles, build_battles, select_prompts
from benchbuilder.stats.games import FloatArray
from benchbuilder.stats.win_rate import WinRates, normal_quantile, win_rates


def leaderboard_changes(
    judgments_a: pa.Table,
    judgments_b: pa.Table,
    questions_a: Sequence[str],
    questions_b: Sequence[str],
    *,
    confidence: float = 0.95,
) -> list[dict[str, Any]]:
    """One item for each baseline in both tables, models by their win rate on b.

    A model's row: ``win_rate_a``, ``win_rate_b``, ``change`` with ``lower`` and ``upper`` (z
    interval), ``rank_a``, ``rank_b`` (among models judged on both), and ``kept_a``, ``kept_b``: the
    win rates on the ``kept`` questions alone.
    """
    baselines = sorted(_named(judgments_a, "baseline") & _named(judgments_b, "baseline"))
    found = []
    for baseline in baselines:
        a = build_battles(judgments_a, baseline=baseline, prompts=questions_a)
        b = build_battles(judgments_b, baseline=baseline, prompts=questions_b)
        models = sorted(set(a.models) & set(b.models))
        if models:
            found.append(_changes(a, b, models, confidence))
    return found


def _changes(a: Battles, b: Battles, models: list[str], confidence: float) -> dict[str, Any]:
    kept = sorted(set(a.prompts) & set(b.prompts))
    rates = [win_rates(battles, confidence=confidence) for battles in (a, b)]
    on_kept = [_on(battles, kept) for battles in (a, b)]
    prompts = [_counting(battles) for battles in (a, b)]
    values = [_by_model(r.models, r.win_rate, models) for r in rates]
    kept_values = [None if r is None else _by_model(r.models, r.win_rate, models) for r in on_kept]
    errors = _change_errors(rates, prompts, models)
    ranks = [_ranks(value) for value in values]
    z = normal_quantile(confidence)
    rows = []
    for i, model in enumerate(models):
        change, reach = values[1][i] - values[0][i], z * errors[i]
        rows.append(
            {
                "model": model,
                "win_rate_a": _number(values[0][i]),
                "win_rate_b": _number(values[1][i]),
                "change": _number(change),
                "lower": _number(change - reach),
                "upper": _number(change + reach),
                "rank_a": ranks[0][i],
                "rank_b": ranks[1][i],
                "kept_a": None if kept_values[0] is None else _number(kept_values[0][i]),
                "kept_b": None if kept_values[1] is None else _number(kept_values[1][i]),
            }
        )
    rows.sort(key=lambda row: (row["rank_b"] or len(rows) + 1, row["model"]))
    return {
        "baseline": a.baseline,
        "confidence": confidence,
        "questions_a": len(a.prompts),
        "questions_b": len(b.prompts),
        "kept": len(kept),
        "models": rows,
    }


def _counting(battles: Battles) -> list[str]:
    """The prompts that count for any model: the columns of ``WinRates.influence``."""
    used: list[bool] = np.any(battles.weight > 0, axis=0).tolist()
    return [prompt for prompt, counts in zip(battles.prompts, used, strict=True) if counts]


def _on(battles: Battles, kept: list[str]) -> WinRates | None:
    return win_rates(select_prompts(battles, kept)) if kept else None


def _change_errors(
    rates: Sequence[WinRates], prompts: Sequence[Sequence[str]], models: Sequence[str]
) -> FloatArray:
    """Standard errors of the changes, nan where a model has no error on one of the two."""
    union = sorted({*prompts[0], *prompts[1]})
    place = {prompt: column for column, prompt in enumerate(union)}
    summed = np.zeros((len(models), len(union)))
    for sign, rate, of in zip((-1.0, 1.0), rates, prompts, strict=True):
        rows = [rate.models.index(model) for model in models]
        summed[:, [place[prompt] for prompt in of]] += sign * rate.influence[rows]
    return np.asarray(np.sqrt((summed**2).sum(axis=1)))


def _by_model(names: Sequence[str], values: FloatArray, models: Sequence[str]) -> list[float]:
    value_of = dict(zip(names, values.tolist(), strict=True))
    return [value_of[model] for model in models]


def _ranks(values: Sequence[float]) -> list[int | None]:
    """1 is best; equal values share the better rank; null without a value."""
    known = [value for value in values if value == value]
    return [None if v != v else 1 + sum(other > v for other in known) for v in values]


def _named(table: pa.Table, column: str) -> set[str]:
    return set(table[column].to_pylist())


def _number(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None
