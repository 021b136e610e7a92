"""Who would win at equal length? The minimal form: one model at a time, one length term.

log-odds = β₀ + b·tanh(Δlength / SD of Δlength), fitted to the preferences; the win rate at equal
length is that of β₀. This is not AlpacaEval's published length-controlled rate, which also needs
the difficulty of each instruction and a penalty: on 54 of its models the two correlate at 0.93
(Spearman) and differ by 4.8 points (median).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from benchbuilder.errors import InputError, SchemaError
from benchbuilder.stats.battles import Battles
from benchbuilder.stats.games import FloatArray
from benchbuilder.stats.style_features import mean_counts
from benchbuilder.stats.style_fit import fit_style


@dataclass(frozen=True)
class LengthControl:
    """``win_rate`` at equal length with its prompt-clustered error, beside the raw one;
    ``length_effect``: b, positive where longer answers win. All but the raw rate are None where
    ``reason`` says why."""

    raw_win_rate: float | None
    win_rate: float | None
    standard_error: float | None
    log_odds: float | None
    length_effect: float | None
    prompts: int
    reason: str | None


def length_controls(answers: pa.Table, battles: Battles) -> dict[str, LengthControl]:
    """Every model against the baseline, from ``battles`` and the answers' tokens.

    Raises:
        SchemaError: the answers have no token counts.
    """
    if "tokens" not in answers.column_names:
        raise SchemaError(
            "length control needs the column tokens of the answers",
            hint="give answers with their texts (--answers FILE), or report without --style",
        )
    ours = mean_counts(answers, battles.models, battles.prompts, ["tokens"])["tokens"]
    base = mean_counts(answers, [battles.baseline], battles.prompts, ["tokens"])["tokens"][0]
    with np.errstate(invalid="ignore"):
        preference = battles.score / np.where(battles.weight > 0, battles.weight, np.nan)
    return {
        model: length_control(preference[row], ours[row], base)
        for row, model in enumerate(battles.models)
    }


def length_control(
    preference: FloatArray, length: FloatArray, baseline_length: FloatArray
) -> LengthControl:
    """One model against the baseline: a preference (0 to 1) and two lengths per prompt.

    Prompts where any of the three is nan are left out. Lengths may be in characters or tokens.
    """
    from scipy.special import expit

    known = ~(np.isnan(preference) | np.isnan(length) | np.isnan(baseline_length))
    preference = preference[known]
    raw = float(preference.mean()) if known.any() else None

    def without(reason: str) -> LengthControl:
        return LengthControl(raw, None, None, None, None, int(known.sum()), reason)

    if raw is None or raw in (0.0, 1.0):
        return without("no prompt has both lengths" if raw is None else "won or lost every prompt")
    gap = length[known] - baseline_length[known]
    spread = float(gap.std(ddof=1)) if len(gap) > 1 else 0.0
    if spread == 0:
        return without("the difference in length is the same on every prompt")
    term = np.tanh(gap / spread)
    try:
        fit = fit_style(term[None, None], preference[None], np.ones((1, len(gap))))
    except InputError:
        return without("length separates wins from losses")
    rate = float(expit(fit.beta[0]))
    error = float(np.sqrt((fit.influence[0] ** 2).sum())) * rate * (1 - rate)
    return LengthControl(
        raw_win_rate=raw,
        win_rate=rate,
        standard_error=error,
        log_odds=float(fit.beta[0]),
        length_effect=float(fit.gamma[0]),
        prompts=int(known.sum()),
        reason=None,
    )
