"""Does a selection of prompts measure better than chance would?

Given what many models scored on a whole pool, the selection is measured, and so are many subsets of
the same size (see ``subsets``). A difference has an interval from resampling all that could have
come out otherwise, in pairs: which subset was drawn, which prompts of their kind stand in selection
and subset, and, for the correlations, which models were compared (the same on both sides).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchbuilder.errors import InputError
from benchbuilder.stats.battles import Battles
from benchbuilder.stats.games import BoolArray, FloatArray, IntArray
from benchbuilder.stats.human import HumanRanking
from benchbuilder.stats.subset_comparison import Comparison, compare
from benchbuilder.stats.subset_measures import (
    FROM_HUMAN,
    MatchedHuman,
    matched_human,
    measure,
    take_prompts,
)
from benchbuilder.stats.subsets import KINDS, Kind, draw_subset, missing

_STREAM = 3  # keeps these draws apart from other uses of the run's seed


@dataclass(frozen=True)
class SelectionQuality:
    """``overlap``: share of the prompts of a kind's subsets that the selection has too;
    ``mean_length``: of these subsets and of the ``selection``; ``left_out``: kinds and measures
    that could not be had, and why."""

    comparisons: tuple[Comparison, ...]
    selected: int
    pool: int
    models: int
    human_models: tuple[str, ...]
    not_judged: int  # chosen prompts without a game
    overlap: Mapping[str, float]
    mean_length: Mapping[str, float]
    left_out: Mapping[str, str]
    draws: int
    seed: int
    confidence: float


@dataclass(frozen=True, eq=False)
class _Pool:
    """What is drawn from: the judged prompts, what is known of each, and the settings."""

    battles: Battles
    selected: BoolArray
    length: FloatArray | None
    score: FloatArray | None
    human: MatchedHuman | None
    model_counts: Sequence[FloatArray | None]  # one per draw
    confidence: float

    def measure(self, places: IntArray) -> FloatArray:
        return measure(self.battles, places, self.human, confidence=self.confidence)

    def resampled(self, sets: Sequence[IntArray], rng: np.random.Generator) -> FloatArray:
        """Draws × measures, each on prompts (and models) drawn from one of the sets."""
        rows = [
            measure(
                self.battles,
                rng.choice(places, size=len(places)),
                self.human,
                confidence=self.confidence,
                counts=counts,
            )
            for places, counts in zip(sets, self.model_counts, strict=True)
        ]
        return np.array(rows)


def validate_selection(
    battles: Battles,
    chosen: Collection[str],
    *,
    lengths: Mapping[str, int] | None = None,
    scores: Mapping[str, float] | None = None,
    human: HumanRanking | None = None,
    names: Mapping[str, str] | None = None,
    draws: int = 200,
    seed: int = 42,
    confidence: float = 0.95,
) -> SelectionQuality:
    """Hold the ``chosen`` prompts against ``draws`` subsets of each kind.

    ``lengths`` and ``scores`` by prompt: without them there are no length-matched and no easiest
    subsets. ``human``: a ranking of models, matched with ``names`` (ours -> theirs).

    Raises:
        InputError: fewer than two of the chosen prompts were judged, or all of the pool is chosen.
    """
    rng = np.random.default_rng([seed, _STREAM])
    pool = _pool(battles, chosen, lengths, scores, matched_human(battles, human, names), confidence)
    pool = _with_model_draws(pool, draws, rng)
    own = np.flatnonzero(pool.selected)
    value, again = pool.measure(own), pool.resampled([own] * draws, rng)
    found: list[Comparison] = []
    subsets, left_out = _draw_all(pool, draws, rng)
    for kind, sets in subsets.items():
        plain = np.array([pool.measure(places) for places in sets])
        found += compare(kind, value, plain, again - pool.resampled(sets, rng), confidence)
    if pool.human is None:
        left_out |= dict.fromkeys(FROM_HUMAN, "no human ranking of three or more of these models")
    return SelectionQuality(
        comparisons=tuple(found),
        selected=len(own),
        pool=len(pool.selected),
        models=len(battles.models),
        human_models=pool.human.match.models if pool.human else (),
        not_judged=len(set(chosen)) - len(own),
        overlap={kind: _mean_of(pool.selected, sets) for kind, sets in subsets.items()},
        mean_length=_mean_lengths(pool, own, subsets),
        left_out=left_out,
        draws=draws,
        seed=seed,
        confidence=confidence,
    )


def _pool(
    battles: Battles,
    chosen: Collection[str],
    lengths: Mapping[str, int] | None,
    scores: Mapping[str, float] | None,
    human: MatchedHuman | None,
    confidence: float,
) -> _Pool:
    wanted = set(chosen)
    judged = take_prompts(battles, np.flatnonzero((battles.weight > 0).any(axis=0)))
    selected = np.array([prompt in wanted for prompt in judged.prompts], dtype=bool)
    if selected.sum() < 2:
        raise InputError(
            f"{int(selected.sum())} of the {len(wanted)} selected prompts were judged; two are "
            "needed at least",
            hint="selection and judgments must use the same ids",
        )
    if selected.all():
        raise InputError(
            "the selection is the whole judged pool, so there is nothing to hold it against",
            hint="judge prompts that were not selected, too",
        )

    def column(of: Mapping[str, float] | None) -> FloatArray | None:
        if of is None:
            return None
        return np.array([of.get(prompt, np.nan) for prompt in judged.prompts], dtype=np.float64)

    return _Pool(judged, selected, column(lengths), column(scores), human, (), confidence)


def _with_model_draws(pool: _Pool, draws: int, rng: np.random.Generator) -> _Pool:
    if pool.human is None:
        return replace(pool, model_counts=[None] * draws)
    models = len(pool.human.match.models)
    drawn = [rng.integers(0, models, size=models) for _ in range(draws)]
    counts = [np.bincount(each, minlength=models).astype(np.float64) for each in drawn]
    return replace(pool, model_counts=counts)


def _draw_all(
    pool: _Pool, draws: int, rng: np.random.Generator
) -> tuple[dict[Kind, list[IntArray]], dict[str, str]]:
    """Subsets by kind, and the kinds that cannot be drawn."""
    known = {"length": pool.length, "score": pool.score}
    left_out: dict[str, str] = {
        kind: why for kind in KINDS if (why := missing(kind, pool.selected, **known))
    }
    subsets = {
        kind: [draw_subset(kind, pool.selected, rng, **known) for _ in range(draws)]
        for kind in KINDS
        if kind not in left_out
    }
    return subsets, left_out


def _mean_lengths(
    pool: _Pool, own: IntArray, subsets: Mapping[Kind, list[IntArray]]
) -> dict[str, float]:
    length = pool.length
    if length is None or np.isnan(length).any():
        return {}
    of_subsets = {str(kind): _mean_of(length, sets) for kind, sets in subsets.items()}
    return {"selection": _mean_of(length, [own]), **of_subsets}


def _mean_of(values: FloatArray | BoolArray, sets: Sequence[IntArray]) -> float:
    return float(np.mean([values[places].mean() for places in sets]))
