"""Who would win at equal length and equal markdown?

log-odds of model m on prompt p = β_m + x·γ, fitted to S of W; x is the difference in style from
the baseline's answer. Features are divided by their SD and not mean-centred: the baseline is the
fixed point, so x = 0 means "as the baseline writes"; centring would shift every model. No penalty.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchbuilder.errors import InputError
from benchbuilder.stats.battles import Battles
from benchbuilder.stats.games import FloatArray, IntArray
from benchbuilder.stats.style_features import StyleFeatures
from benchbuilder.stats.style_fit import StyleFit, fit_style, independent_features
from benchbuilder.stats.win_rate import WinRates, normal_quantile
from benchbuilder.text.counting import listed

#: A shift of more points than this reads far beyond the styles that were seen.
EXTRAPOLATION_POINTS = 15.0


@dataclass(frozen=True, eq=False)
class StyleControl:
    """``rates``: win rates at equal style, nan for models that are not fitted (``rows`` are those
    that are). ``shift``: points gained by equal style. Coefficients are log-odds per SD of a
    feature, their errors clustered by prompt. ``notes``: what was left out and why, warnings."""

    rates: WinRates
    shift: FloatArray
    features: tuple[str, ...]
    feature_sd: tuple[float, ...]
    coefficients: tuple[float, ...]
    coefficient_errors: tuple[float, ...]
    notes: tuple[str, ...]
    rows: IntArray
    fit: StyleFit


@dataclass(frozen=True, eq=False)
class _Cells:
    """Cells with known style, of the models that can be fitted."""

    values: FloatArray
    score: FloatArray
    weight: FloatArray
    rows: IntArray
    notes: list[str]


def style_control(battles: Battles, features: StyleFeatures, plain: WinRates) -> StyleControl:
    """Win rates at equal style; ``plain`` are the win rates as they are (``win_rates(battles)``).

    A feature that does not vary within models, or that the others determine, is dropped with a
    note. Models without counts, and models that won or lost everything, have no rating here.

    Raises:
        InputError: nothing to fit, or no finite fit exists.
        ValueError: the arguments are of different models or prompts.
    """
    if not (battles.models == features.models == plain.models):
        raise ValueError("battles, features and win rates are of different models")
    if battles.prompts != features.prompts:
        raise ValueError("battles and features are of different prompts")
    cells = _fitted_cells(battles, features)
    kept = independent_features(np.nan_to_num(cells.values), cells.weight)
    notes = cells.notes + [
        f"feature {name} is left out: it does not vary within models, or the others determine it"
        for place, name in enumerate(features.names)
        if place not in kept
    ]
    if not kept:
        raise InputError("no style feature varies", hint="report without --style")
    chosen = cells.values[kept]
    spread = np.nanstd(chosen, axis=(1, 2), ddof=1)
    design = np.nan_to_num(chosen / spread[:, None, None])
    fit = fit_style(design, cells.score, cells.weight)
    rates = _rates(fit, cells.rows, plain)
    shift = 100 * (rates.win_rate - plain.win_rate)
    far = np.flatnonzero(np.abs(shift) > EXTRAPOLATION_POINTS)
    if len(far):
        names = listed([battles.models[place] for place in far])
        notes.append(f"shifts above {EXTRAPOLATION_POINTS:g} points are extrapolation: {names}")
    errors = np.sqrt((fit.influence[len(cells.rows) :] ** 2).sum(axis=1))
    return StyleControl(
        rates=rates,
        shift=shift,
        features=tuple(features.names[place] for place in kept),
        feature_sd=tuple(spread.tolist()),
        coefficients=tuple(fit.gamma.tolist()),
        coefficient_errors=tuple(errors.tolist()),
        notes=tuple(notes),
        rows=cells.rows,
        fit=fit,
    )


def _fitted_cells(battles: Battles, features: StyleFeatures) -> _Cells:
    """The prompts that count for any model, as in the bootstrap, so that draws are shared."""
    counts = (battles.weight > 0).any(axis=0)
    values = features.values[:, :, counts]
    known = ~np.isnan(values).any(axis=0)
    weight = np.where(known, battles.weight[:, counts], 0.0)
    score = np.where(known, battles.score[:, counts], 0.0)
    total, won = weight.sum(axis=1), score.sum(axis=1)
    fitted = (won > 0) & (won < total)
    notes = []
    for reason, left_out in (
        ("no style counts", total == 0),
        ("won or lost every game", (total > 0) & ~fitted),
    ):
        names = listed([battles.models[place] for place in np.flatnonzero(left_out)])
        if names:
            notes.append(f"without style control ({reason}): {names}")
    if not fitted.any():
        raise InputError(
            "no model has style counts and both won and lost games",
            hint="style control needs answers with token counts (and headers, lists, bold)",
        )
    rows = np.flatnonzero(fitted)
    values = np.where(known, values, np.nan)[:, rows]
    return _Cells(values, score[rows], weight[rows], rows, notes)


def _rates(fit: StyleFit, rows: IntArray, plain: WinRates) -> WinRates:
    """The fit as win rates; the interval is Wald on the log-odds, so it stays within 0 and 1."""
    from scipy.special import expit

    influence = fit.influence[: len(rows)]
    reach = normal_quantile(plain.confidence) * np.sqrt((influence**2).sum(axis=1))
    rate = expit(fit.beta)
    slope = rate * (1 - rate)

    def spread_out(values: FloatArray) -> FloatArray:
        full = np.full((len(plain.models), *values.shape[1:]), np.nan)
        full[rows] = values
        return full

    fitted = np.zeros(len(plain.models), dtype=bool)
    fitted[rows] = True
    on_rate = spread_out(slope[:, None] * influence)
    return replace(
        plain,
        win_rate=spread_out(rate),
        logit=spread_out(fit.beta),
        diverges=plain.diverges & fitted,
        standard_error=np.sqrt((on_rate**2).sum(axis=1)),
        lower=spread_out(expit(fit.beta - reach)),
        upper=spread_out(expit(fit.beta + reach)),
        interval=tuple("logit" if known else "none" for known in fitted),
        influence=on_rate,
    )
