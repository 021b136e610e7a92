"""Win rates at equal style, where they are asked for."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from benchbuilder.errors import InputError
from benchbuilder.observe import Observer
from benchbuilder.reporting.values import number
from benchbuilder.settings import ReportSettings
from benchbuilder.stats.battles import Battles
from benchbuilder.stats.style import style_control
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
    """Coefficients by feature, win rates at equal style and shifts in points; or the reason."""
    if not settings.style:
        return {"coefficients": None, "shift": None, "reason": "not asked for: report.style"}
    if answers is None:
        return {"coefficients": None, "shift": None, "reason": "no answers to count style in"}
    features = style_features(answers, battles, settings.style)
    try:
        control = style_control(battles, features, plain)
    except InputError as error:
        return {"coefficients": None, "shift": None, "reason": str(error)}
    shift = {m: number(s) for m, s in zip(battles.models, control.shift, strict=True)}
    for note in control.notes:
        observe.note(note)
    return {
        "coefficients": dict(zip(control.features, control.coefficients, strict=True)),
        "coefficient_errors": dict(zip(control.features, control.coefficient_errors, strict=True)),
        **{
            name: {m: number(v) for m, v in zip(battles.models, values, strict=True)}
            for name, values in (
                ("win_rate", control.rates.win_rate),
                ("lower", control.rates.lower),
                ("upper", control.rates.upper),
            )
        },
        "shift": shift,
        "reason": None,
    }
