"""The rows of a leaderboard: what is known of each model, and why a number is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from benchbuilder.reporting.values import number
from benchbuilder.stats.battles import Battles
from benchbuilder.stats.bootstrap import LABELS
from benchbuilder.stats.separability import RankRanges
from benchbuilder.stats.win_rate import WinRates, with_baseline

Document = dict[str, Any]


def leaderboard_rows(
    rates: WinRates,
    plain: WinRates,
    ranks: RankRanges,
    battles: Battles,
    answers: pa.Table | None,
) -> list[Document]:
    """Rows, best first; the baseline's is .5 with zero width by definition.

    It is covered where any model has a verdict against it.
    """
    tokens, costs = _by_model(answers, "tokens", "mean"), _by_model(answers, "cost_usd", "sum")
    whole = with_baseline(rates, battles.baseline)
    errors = np.append(plain.standard_error, 0.0)
    met = int((battles.weight > 0).any(axis=0).sum())
    prompts = [*battles.used.tolist(), met]
    coverage = [*battles.coverage.tolist(), met / max(len(battles.prompts), 1)]
    place = {model: index for index, model in enumerate(ranks.models)}
    rows = [
        {
            "model": model,
            "win_rate": number(whole.win_rate[i]),
            "lower": number(whole.lower[i]),
            "upper": number(whole.upper[i]),
            "standard_error": number(errors[i]),
            "interval": whole.interval[i],
            "rank_low": int(ranks.low[place[model]]),
            "rank_high": int(ranks.high[place[model]]),
            "prompts": prompts[i],
            "coverage": coverage[i],
            "mean_tokens": tokens.get(model),
            "cost_usd": costs.get(model),
            "note": _note(whole, i),
        }
        for i, model in enumerate(whole.models)
    ]
    return sorted(
        rows, key=lambda row: (row["win_rate"] is None, -(row["win_rate"] or 0), row["model"])
    )


def intervals_said(rates: WinRates) -> str:
    """The kinds of intervals that stand on this leaderboard, and where."""
    kinds = {
        "wald": "estimate ± z · error",
        "percentile": LABELS[rates.resample],
        "half-prompt": "half-prompt near 0 and 1 or with few wins or losses",
        "clopper-pearson": "Clopper-Pearson where all games were won or lost",
        "sequential": "sequential where judging was stopped",
    }
    said = [text for kind, text in kinds.items() if kind in rates.interval]
    return f"{100 * rates.confidence:g} %, {', '.join(said) or 'none'}"


def _note(rates: WinRates, place: int) -> str | None:
    """Why a number is missing or unusual."""
    if rates.interval[place] == "definition":
        return "baseline: .5 by definition"
    if np.isnan(rates.win_rate[place]):
        return "no game with a verdict"
    if rates.interval[place] == "sequential":
        return "stopped early: sequential interval, not counted in separability"
    if rates.interval[place] == "none":
        return "one prompt only: no interval"
    if rates.diverges[place]:
        return "won or lost every game: the rating has no finite value"
    return None


def _by_model(answers: pa.Table | None, column: str, total: str) -> dict[str, float | None]:
    """A figure of every model's answers; None where no answer has the value."""
    if answers is None or column not in answers.column_names:
        return {}
    found = answers.group_by("model").aggregate([(column, total)])
    values = found[f"{column}_{total}"].to_pylist()
    return dict(zip(found["model"].to_pylist(), values, strict=True))
