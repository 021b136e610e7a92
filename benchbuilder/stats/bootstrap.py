"""Win rates by resampling: the same draw of prompts for every model.

A round is a vector of counts, how often each prompt was drawn, so all rounds of all models are two
matrix products: N @ Sᵀ and N @ Wᵀ, N being rounds × prompts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from benchbuilder.errors import InputError
from benchbuilder.stats.battles import Battles
from benchbuilder.stats.games import FloatArray
from benchbuilder.stats.verdicts import scale
from benchbuilder.stats.win_rate import WinRates, by_unit

Resample = Literal["prompt", "topic", "vote"]

#: What to print beside a result, so that nobody mistakes one kind for another.
LABELS: dict[str, str] = {
    "prompt": "prompts resampled",
    "topic": "topics resampled",
    "vote": "votes resampled as if independent: too narrow, only to compare with published tables",
}

# One seed serves the whole run; this keeps the draws apart from those of other uses of it.
_STREAM = 1

_CELLS_PER_CHUNK = 4_000_000  # rounds × prompts held at once: 32 MB


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """``draws``: rounds × models; nan where a model has no game in a round. With ``prompt`` and
    ``topic`` a row is one draw for all models, so differences within a row are paired; with
    ``vote`` they are not."""

    models: tuple[str, ...]
    draws: FloatArray
    rounds: int
    seed: int
    resample: Resample

    @property
    def label(self) -> str:
        """The kind of resampling in words."""
        return LABELS[self.resample]


def bootstrap(
    battles: Battles,
    *,
    rounds: int = 1000,
    seed: int = 42,
    resample: Resample = "prompt",
    topics: Mapping[str, str | None] | None = None,
) -> Bootstrap:
    """Resampled win rates. ``topics`` (prompt -> topic) is needed for ``resample="topic"``.

    Raises:
        InputError: ``topic`` where no prompt has one, or ``vote`` where there are no votes.
    """
    rng = resampling_rng(seed)
    if resample == "vote":
        draws = _vote_draws(battles, rounds, rng)
    else:
        known = {} if topics is None else topics
        if resample == "topic" and all(known.get(prompt) is None for prompt in battles.prompts):
            raise InputError(
                "topics cannot be resampled: no question has one",
                hint="give questions with a column `topic` (--questions), or resample prompts",
            )
        score, weight = by_unit(battles, topics if resample == "topic" else None)
        draws = np.concatenate(
            [win_rate_draws(counts, score, weight) for counts in counts_of(score, rounds, rng)]
        )
    return Bootstrap(battles.models, draws, rounds, seed, resample)


def resampling_rng(seed: int) -> np.random.Generator:
    """The generator of prompt draws, the same for every statistic of a run."""
    return np.random.default_rng([seed, _STREAM])


def counts_of(matrix: FloatArray, rounds: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """How often each column of ``matrix`` is drawn, in chunks of rounds × columns.

    The chunks bound the memory and change no draw.
    """
    units = matrix.shape[1]
    if not units:
        yield np.zeros((rounds, 0))
        return
    chunk = max(1, _CELLS_PER_CHUNK // max(units, 1))
    for start in range(0, rounds, chunk):
        size = min(chunk, rounds - start)
        drawn = rng.integers(0, units, size=(size, units))
        cell = drawn + units * np.arange(size)[:, None]
        counts = np.bincount(cell.ravel(), minlength=size * units)
        yield counts.reshape(size, units).astype(np.float64)


def win_rate_draws(counts: FloatArray, score: FloatArray, weight: FloatArray) -> FloatArray:
    """Rounds × models from counts (rounds × units) and S, W (models × units)."""
    with np.errstate(invalid="ignore"):
        return np.asarray((counts @ score.T) / (counts @ weight.T))


def percentile_limits(draws: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Lower and upper percentile of each column; nan where a column has no value at all."""
    tail = 50 * (1 - confidence)
    limits = np.full((2, draws.shape[1]), np.nan)
    known = ~np.isnan(draws).all(axis=0)
    if known.any():
        limits[:, known] = np.nanpercentile(draws[:, known], [tail, 100 - tail], axis=0)
    return limits[0], limits[1]


def with_percentiles(rates: WinRates, sample: Bootstrap) -> WinRates:
    """The rates with bootstrap percentiles in place of every Wald interval.

    Rows with another kind keep it: percentiles cover too little near 0 and 1 as well.

    Raises:
        ValueError: the models are not the same, or only one of the two is by topic.
    """
    if rates.models != sample.models:
        raise ValueError("rates and draws are of different models")
    if (rates.resample == "topic") != (sample.resample == "topic"):
        raise ValueError(f"errors by {rates.resample}, but draws by {sample.resample}")
    low, high = percentile_limits(sample.draws, rates.confidence)
    wald = np.array([kind == "wald" for kind in rates.interval], dtype=bool)
    return replace(
        rates,
        lower=np.where(wald, low, rates.lower),
        upper=np.where(wald, high, rates.upper),
        interval=tuple("percentile" if kind == "wald" else kind for kind in rates.interval),
        resample=sample.resample,
    )


def draws_with_baseline(sample: Bootstrap, baseline: str) -> Bootstrap:
    """The draws with the baseline's own column, 0.5 in every round by definition."""
    return replace(
        sample,
        models=(*sample.models, baseline),
        draws=np.pad(sample.draws, ((0, 0), (0, 1)), constant_values=0.5),
    )


def _vote_draws(battles: Battles, rounds: int, rng: np.random.Generator) -> FloatArray:
    """Each model's votes resampled on their own, a strong verdict as three of them."""
    total = battles.votes.sum(axis=1)
    if not total.any():
        raise InputError(
            "there are no votes to resample, only preferences per prompt",
            hint="--set report.resample=prompt, or --set report.preferences=ignore",
        )
    score = scale(battles.weighting).score_of_a
    draws = np.full((rounds, len(battles.models)), np.nan)
    for row in np.flatnonzero(total):
        size = round(float(total[row]))
        drawn = rng.multinomial(size, battles.votes[row] / total[row], size=rounds)
        draws[:, row] = drawn @ score / size
    return draws
