"""Win rates at equal style, where they are asked for."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa

from benchbuilder.errors import InputError
from benchbuilder.observe import Observer
from benchbuilder.reporting.values import number
from benchbuilder.settings import ReportSettings
from benchbuilder.stats.battles import Battles
from benchbuilder.stats.bootstrap import percentile_limits
from benchbuilder.stats.games import FloatArray
from benchbuilder.stats.length_control import length_controls
from benchbuilder.stats.style import StyleControl, style_control
from benchbuilder.stats.style_bootstrap import style_bootstrap
from benchbuilder.stats.style_features import style_features
from benchbuilder.stats.win_rate import WinRates

Document = dict[str, Any]


def style_section(
    battles: Battles,
    plain: WinRates,
    answers: pa.Table | None,
    settings: ReportSettings,
    observe: Observer,
) -> Document:
    """Coefficients by feature, win rates at equal style and shifts in points; or the reason.

    ``length_control``: beside it, each model alone at equal length (see ``stats.length_control``).
    """
    if not settings.style:
        return {"coefficients": None, "shift": None, "reason": "not asked for: report.style"}
    if answers is None:
        return {"coefficients": None, "shift": None, "reason": "no answers to count style in"}
    features = style_features(answers, battles, settings.style)
    try:
        control = style_control(battles, features, plain)
    except InputError as error:
        return {"coefficients": None, "shift": None, "reason": str(error)}
    lower, upper = _limits(control, settings)
    for note in control.notes:
        observe.note(note)
    if settings.resample == "topic":
        observe.note(
            "intervals at equal style resample prompts, not topics: they may be too narrow"
        )
    return {
        "coefficients": dict(zip(control.features, control.coefficients, strict=True)),
        "coefficient_errors": dict(zip(control.features, control.coefficient_errors, strict=True)),
        **{
            name: {m: number(v) for m, v in zip(battles.models, values, strict=True)}
            for name, values in (
                ("win_rate", control.rates.win_rate),
                ("lower", lower),
                ("upper", upper),
                ("shift", control.shift),
            )
        },
        "length_control": {m: asdict(c) for m, c in length_controls(answers, battles).items()}
        if "length" in settings.style
        else None,
        "reason": None,
    }


def _limits(control: StyleControl, settings: ReportSettings) -> tuple[FloatArray, FloatArray]:
    """Percentiles of the bootstrap over prompts, of the same draws as those of the leaderboard
    unless topics are resampled there; Wald on the log-odds where that is asked for, or where votes
    are resampled."""
    rates = control.rates
    if settings.interval == "wald" or settings.resample == "vote":
        return rates.lower, rates.upper
    sample = style_bootstrap(
        control, rounds=settings.rounds, seed=settings.seed, exact=settings.style_exact
    ).sample
    low, high = percentile_limits(sample.draws, settings.confidence)
    known = ~np.isnan(rates.win_rate)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)
