"""Benchmarks side by side: the paper's measures of a benchmark, on the same models for each.

Every benchmark is a list of scores with limits, on whatever scale; the human ranking is another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchbuilder.errors import InputError
from benchbuilder.stats.agreement import Agreement, Ranking, agreement, pair_rank_brier
from benchbuilder.stats.correlation import Correlation, kendall, spearman
from benchbuilder.stats.games import FloatArray, IntArray
from benchbuilder.stats.human import HumanRanking
from benchbuilder.stats.separability import Separability, disjoint, separability


@dataclass(frozen=True, eq=False)
class Benchmark:
    """Scores of models with the limits of their intervals, one entry per model.

    ``mean`` and ``variance``: of the score over bootstrap rounds, or the score itself and its
    squared error. ``questions`` and ``cost_usd`` are None where they are not known.
    """

    name: str
    models: tuple[str, ...]
    score: FloatArray
    lower: FloatArray
    upper: FloatArray
    mean: FloatArray
    variance: FloatArray
    questions: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True)
class BenchmarkQuality:
    """``separability`` and all that follows is on the models that are compared;
    ``separability_all`` on all models of the benchmark. What needs a human ranking is None without
    one. ``agreement_recorded``: the same under the rule for intervals of zero width behind the
    half-credit figures that the paper's authors recorded; to compare with those only."""

    name: str
    questions: int | None
    cost_usd: float | None
    separability: Separability
    separability_all: Separability
    agreement: Agreement | None = None
    agreement_recorded: Agreement | None = None
    spearman: Correlation | None = None
    kendall: Correlation | None = None
    brier: float | None = None


@dataclass(frozen=True)
class SideBySide:
    """``models``: compared in all benchmarks, by their human name where there is a ranking;
    ``not_compared``: by benchmark, its models that another one (or the ranking) lacks."""

    models: tuple[str, ...]
    benchmarks: tuple[BenchmarkQuality, ...]
    not_compared: Mapping[str, tuple[str, ...]]


def side_by_side(
    benchmarks: Sequence[Benchmark],
    human: HumanRanking | None,
    *,
    names: Mapping[str, str] | None = None,
    rounds: int = 1000,
    seed: int = 42,
    confidence: float = 0.95,
) -> SideBySide:
    """The measures of each benchmark on the models that all of them and the ranking have.

    ``names``: the benchmarks' model names -> those of the ranking.

    Raises:
        InputError: no common model, or several models of a benchmark under one name.
    """
    places = [_places(benchmark, names) for benchmark in benchmarks]
    known = [set(place) for place in places] + ([set(human.models)] if human else [])
    models = tuple(sorted(set.intersection(*known)))
    if not models:
        raise InputError(
            "no model is in all that is compared",
            hint="give a name map with --names (columns model, human)",
        )
    theirs = _ranking(human, models) if human else None
    found = []
    for benchmark, place in zip(benchmarks, places, strict=True):
        there = np.array([place[model] for model in models], dtype=np.int64)
        ours = _taken(benchmark, there)
        quality = _own_quality(benchmark, ours)
        if theirs is not None:
            quality = _with_human(quality, ours, theirs, rounds, seed, confidence)
        found.append(quality)
    return SideBySide(
        models=models,
        benchmarks=tuple(found),
        not_compared={
            benchmark.name: tuple(sorted(set(place) - set(models)))
            for benchmark, place in zip(benchmarks, places, strict=True)
        },
    )


def _own_quality(whole: Benchmark, compared: Benchmark) -> BenchmarkQuality:
    return BenchmarkQuality(
        name=whole.name,
        questions=whole.questions,
        cost_usd=whole.cost_usd,
        separability=_separability(compared),
        separability_all=_separability(whole),
    )


def _with_human(
    quality: BenchmarkQuality,
    compared: Benchmark,
    human: Ranking,
    rounds: int,
    seed: int,
    confidence: float,
) -> BenchmarkQuality:
    ours = Ranking(compared.score, compared.lower, compared.upper)

    def correlation(of: Callable[..., Correlation]) -> Correlation:
        return of(ours.score, human.score, rounds=rounds, seed=seed, confidence=confidence)

    return replace(
        quality,
        agreement=agreement(ours, human),
        agreement_recorded=agreement(ours, human, rule="open"),
        spearman=correlation(spearman),
        kendall=correlation(kendall),
        brier=pair_rank_brier(compared.mean, compared.variance, human.score).score,
    )


def _taken(benchmark: Benchmark, there: IntArray) -> Benchmark:
    """The benchmark on the models at these places, in their order."""
    return replace(
        benchmark,
        models=tuple(benchmark.models[place] for place in there),
        **{
            name: getattr(benchmark, name)[there]
            for name in ("score", "lower", "upper", "mean", "variance")
        },
    )


def _places(benchmark: Benchmark, names: Mapping[str, str] | None) -> dict[str, int]:
    """Where each model stands in a benchmark, by the name that is compared."""
    places: dict[str, int] = {}
    for place, model in enumerate(benchmark.models):
        name = (names or {}).get(model, model)
        if name in places:
            raise InputError(
                f"{benchmark.name}: {benchmark.models[places[name]]!r} and {model!r} are both "
                f"called {name!r}",
                hint="a name map must give each model a partner of its own",
            )
        places[name] = place
    return places


def _ranking(human: HumanRanking, models: Sequence[str]) -> Ranking:
    place = {model: index for index, model in enumerate(human.models)}
    there = [place[model] for model in models]
    return Ranking(human.rating[there], human.lower[there], human.upper[there])


def _separability(benchmark: Benchmark) -> Separability:
    mask = disjoint(benchmark.lower, benchmark.upper)
    return separability(mask, ~np.isnan(benchmark.lower))
