"""Win rates against the baseline, with errors and intervals that treat the prompt as the unit.

Two games of one prompt are no independent votes, so the error sums over prompts (or topics), not
over votes: SE² = n/(n−1) · Σ_p (S_p − p·W_p)² / (ΣW)², the linearised ratio estimator. n counts
the prompts that any model has: they are drawn together, as in the bootstrap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

from benchbuilder.stats.battles import Battles
from benchbuilder.stats.games import BoolArray, FloatArray, IntArray
from benchbuilder.stats.half_prompt import half_prompt_limits

IntervalRule = Literal["auto", "wald"]

#: Outside of this range Wald and percentile intervals cover too little (percentiles 0.85 instead of
#: 0.95 at p = 0.005 and 500 prompts, see docs/statistics.md), and so they do where fewer than so
#: many prompts were won, or lost.
WALD_RANGE = (0.1, 0.9)
WALD_PROMPTS = 30


@dataclass(frozen=True, eq=False)
class WinRates:
    """Win rates of models against one baseline; arrays run over ``models``.

    ``logit`` is the anchored Bradley-Terry rating ln(p/(1−p)), nan where it ``diverges`` (every
    game won or lost). ``standard_error`` and the limits are nan with one prompt; ``interval``
    names the kind: ``wald``, ``half-prompt``, ``clopper-pearson``, ``percentile``, ``sequential``
    (see ``stopped``), ``definition`` (the baseline's own row) or ``none``. ``units``: prompts (or
    topics) that count. ``influence``: models × units, what each unit adds to the error of a model;
    units are shared by all models, so it also gives the errors of differences.
    """

    models: tuple[str, ...]
    win_rate: FloatArray
    logit: FloatArray
    diverges: BoolArray
    standard_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    interval: tuple[str, ...]
    units: IntArray
    influence: FloatArray
    confidence: float
    resample: str

    @property
    def covariance(self) -> FloatArray:
        """Models × models."""
        # einsum sums in one thread, so the last digit never depends on the number of threads.
        return np.asarray(np.einsum("mp,np->mn", self.influence, self.influence))


def win_rates(
    battles: Battles,
    *,
    confidence: float = 0.95,
    interval: IntervalRule = "auto",
    topics: Mapping[str, str | None] | None = None,
) -> WinRates:
    """Win rate p = ΣS/ΣW of every model with its analytic error.

    ``interval="auto"``: Wald for p within 0.1 to 0.9 with 30 prompts won and 30 lost at least, the
    half-prompt interval elsewhere, Clopper-Pearson on prompts where every game was won or lost.
    ``"wald"``: p ± z·SE throughout, as published tables have it. ``topics`` (prompt -> topic) makes
    the topic the unit; a prompt without one is its own.
    """
    score, weight = by_unit(battles, topics)
    total = weight.sum(axis=1)
    units = np.asarray((weight > 0).sum(axis=1), dtype=np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = score.sum(axis=1) / total
        residual = (score - rate[:, None] * weight) / total[:, None]
        drawn = score.shape[1]
        residual *= np.sqrt(drawn / (drawn - 1.0)) if drawn > 1 else np.nan
        logit = np.log(rate) - np.log1p(-rate)
    residual[units < 2] = np.nan  # one prompt says nothing about the spread
    diverges = (rate == 0) | (rate == 1)
    error = np.sqrt((residual**2).sum(axis=1))
    reach = normal_quantile(confidence) * error
    limits = rate - reach, rate + reach
    kinds = np.full(len(rate), "wald", dtype=object)
    if interval == "auto":
        limits = _near_the_ends(limits, kinds, score, weight, confidence)
    kinds[units < 2] = "none"
    lower, upper = (np.where(units < 2, np.nan, limit) for limit in limits)
    return WinRates(
        models=battles.models,
        win_rate=rate,
        logit=np.where(diverges, np.nan, logit),
        diverges=diverges,
        standard_error=error,
        lower=lower,
        upper=upper,
        interval=tuple(str(kind) for kind in kinds),
        units=units,
        influence=residual,
        confidence=confidence,
        resample="prompt" if topics is None else "topic",
    )


def with_baseline(rates: WinRates, baseline: str) -> WinRates:
    """The same with the baseline's own row: 0.5 with zero width, by definition."""

    def grown(values: FloatArray, value: float) -> FloatArray:
        return np.append(values, value)

    return replace(
        rates,
        models=(*rates.models, baseline),
        win_rate=grown(rates.win_rate, 0.5),
        logit=grown(rates.logit, 0.0),
        diverges=np.append(rates.diverges, False),
        standard_error=grown(rates.standard_error, 0.0),
        lower=grown(rates.lower, 0.5),
        upper=grown(rates.upper, 0.5),
        interval=(*rates.interval, "definition"),
        units=np.append(rates.units, rates.units.max(initial=0)),
        influence=np.pad(rates.influence, ((0, 1), (0, 0))),
    )


def by_unit(
    battles: Battles, topics: Mapping[str, str | None] | None = None
) -> tuple[FloatArray, FloatArray]:
    """S and W, models × units: the prompts that count for any model, or their sums per topic."""
    counts = (battles.weight > 0).any(axis=0)
    score, weight = battles.score[:, counts], battles.weight[:, counts]
    if topics is None:
        return score, weight
    prompts = [battles.prompts[place] for place in np.flatnonzero(counts)]
    names = [_unit_name(prompt, topics.get(prompt)) for prompt in prompts]
    distinct, place = np.unique(np.array(names, dtype=np.str_), return_inverse=True)
    member = np.zeros((len(names), len(distinct)))
    member[np.arange(len(names)), place] = 1.0
    return score @ member, weight @ member


def _unit_name(prompt: str, topic: str | None) -> str:
    return f"prompt {prompt}" if topic is None else f"topic {topic}"


def normal_quantile(confidence: float) -> float:
    """The z of a two-sided interval: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def _near_the_ends(
    limits: tuple[FloatArray, FloatArray],
    kinds: npt.NDArray[np.object_],
    score: FloatArray,
    weight: FloatArray,
    confidence: float,
) -> tuple[FloatArray, FloatArray]:
    """The limits with others in place of Wald's where those cover too little; names ``kinds``."""
    units = (weight > 0).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = score.sum(axis=1) / weight.sum(axis=1)
    never, always = rate == 0, rate == 1
    rarer = np.minimum(rate, 1 - rate)
    few = (rate < WALD_RANGE[0]) | (rate > WALD_RANGE[1]) | (rarer * units < WALD_PROMPTS)
    rows = np.flatnonzero(few & ~never & ~always & (units > 1))
    lower, upper = (limit.copy() for limit in limits)
    lower[rows], upper[rows] = half_prompt_limits(score[rows], weight[rows], confidence)
    kinds[rows] = "half-prompt"
    # Clopper-Pearson for n of n prompts: the bound solves bound^n = (1 − confidence)/2.
    bound = ((1 - confidence) / 2) ** (1 / np.maximum(units, 1))
    lower = np.where(always, bound, np.where(never, 0.0, lower))
    upper = np.where(never, 1 - bound, np.where(always, 1.0, upper))
    kinds[never | always] = "clopper-pearson"
    return lower, upper
