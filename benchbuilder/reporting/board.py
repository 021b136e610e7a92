"""One leaderboard: win rates, intervals, ranks, separability, and the health of the judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from benchbuilder.judging.ensemble import ensemble
from benchbuilder.judging.stopping import stopped_models, without_stopped
from benchbuilder.observe import Observer
from benchbuilder.reporting.breakdown import breakdown_rows, topic_summary
from benchbuilder.reporting.judge_directed import judge_directed
from benchbuilder.reporting.pairs import pair_rows
from benchbuilder.reporting.rows import intervals_said, leaderboard_rows
from benchbuilder.reporting.style import style_section
from benchbuilder.settings import ReportSettings
from benchbuilder.stats.battles import Battles, build_battles
from benchbuilder.stats.bootstrap import (
    Bootstrap,
    bootstrap,
    draws_with_baseline,
    with_percentiles,
)
from benchbuilder.stats.judge_agreement import judge_agreement
from benchbuilder.stats.judge_health import JudgeHealth, judge_health
from benchbuilder.stats.max_t import family_wise_rank_ranges
from benchbuilder.stats.separability import (
    PairedDifferences,
    RankRanges,
    disjoint_rank_ranges,
    disjoint_separability,
    paired_differences,
    paired_separability,
)
from benchbuilder.stats.stopped import with_sequential_limits, without_limits
from benchbuilder.stats.win_rate import WinRates, win_rates, with_baseline

Document = dict[str, Any]


@dataclass(frozen=True)
class Board:
    """``document`` is what scripts read; ``pairs`` and ``breakdown`` are rows of the tables of
    that name; ``rates`` and ``draws`` (baseline included) are what a comparison with people
    stands on."""

    document: Document
    pairs: list[Document]
    breakdown: list[Document]
    rates: WinRates
    draws: Bootstrap


def make_board(
    judgments: pa.Table,
    answers: pa.Table | None,
    *,
    baseline: str,
    category: str,
    asked: Sequence[str] | None,
    topics: Mapping[str, str | None],
    settings: ReportSettings,
    observe: Observer,
) -> Board:
    """The leaderboard of all models against one baseline.

    ``asked``: the questions that coverage is measured against (those of the judgments when None);
    ``topics``: the topic of each question. Games of models that were stopped early are no games;
    ``stopped`` in the document maps these models to the questions they were judged on.

    Raises:
        InputError: no games, or a verdict that is none of the five.
    """
    stopped = stopped_models(judgments)
    judgments = without_stopped(judgments)
    battles = _battles(judgments, baseline, asked, settings, observe)
    plain, sample = _estimates(battles, topics, settings)
    rates = plain if settings.interval == "wald" else with_percentiles(plain, sample)
    countable = without_limits(rates, stopped)
    rates = with_sequential_limits(rates, battles, stopped)
    health = judge_health(judgments, answers=answers)
    ranks = _ranks(rates, sample, battles)
    paired = paired_differences(without_limits(plain, stopped))
    document = {
        "baseline": baseline,
        "category": category,
        "judges": list(battles.judges),
        "questions": len(battles.prompts),
        "games": health.games,
        "leaderboard": leaderboard_rows(rates, plain, ranks, battles, answers),
        "settings": _settings(settings, rates, ranks, battles),
        "stopped": stopped,
        "separability": _separability(countable, paired),
        **dict.fromkeys(("agreement", "brier", "spearman", "kendall")),
        "judge_health": _health(health),
        "judge_agreement": asdict(judge_agreement(judgments)),
        "judge_directed": judge_directed(answers),
        "topics": topic_summary(battles, topics),
        "style": style_section(battles, plain, answers, settings, observe),
    }
    return Board(
        document,
        pair_rows(countable, paired),
        breakdown_rows(battles, judgments, topics, settings),
        with_baseline(rates, baseline),
        draws_with_baseline(sample, baseline),
    )


def _battles(
    judgments: pa.Table,
    baseline: str,
    asked: Sequence[str] | None,
    settings: ReportSettings,
    observe: Observer,
) -> Battles:
    """What counts: the verdicts of each judge or of their ensemble, or preferences."""
    several = len(set(judgments["judge"].to_pylist())) > 1
    if several and settings.judges == "ensemble":
        judgments = ensemble(judgments)
    battles = build_battles(
        judgments,
        baseline=baseline,
        prompts=asked,
        weighting=settings.weighting,
        null_game=settings.null_game,
        preferences=settings.preferences == "use",
    )
    with_one = judgments.num_rows - judgments["preference"].null_count
    if with_one and settings.preferences == "use" and not battles.by_preference:
        observe.note(
            f"{with_one} of {judgments.num_rows} games have a preference and the others have not: "
            "verdicts count for all"
        )
    return battles


def _estimates(
    battles: Battles, topics: Mapping[str, str | None], settings: ReportSettings
) -> tuple[WinRates, Bootstrap]:
    """Win rates with analytic errors, and the same by resampling."""
    plain = win_rates(
        battles,
        confidence=settings.confidence,
        interval="wald" if settings.resample == "vote" else settings.interval,
        topics=topics if settings.resample == "topic" else None,
    )
    sample = bootstrap(
        battles,
        rounds=settings.rounds,
        seed=settings.seed,
        resample=settings.resample,
        topics=topics,
    )
    return plain, sample


def _ranks(rates: WinRates, sample: Bootstrap, battles: Battles) -> RankRanges:
    whole = with_baseline(rates, battles.baseline)
    if sample.resample == "vote":
        return disjoint_rank_ranges(whole)
    return family_wise_rank_ranges(whole, draws_with_baseline(sample, battles.baseline))


def _separability(rates: WinRates, differences: PairedDifferences) -> Document:
    """Among the models, the baseline left out: its width of zero is no measurement."""
    apart = disjoint_separability(rates)
    paired = paired_separability(differences)
    return {
        "disjoint_intervals": apart.share,
        "paired": paired.share,
        "pairs": apart.pairs,
        "separated_disjoint": apart.separated,
        "separated_paired": paired.separated,
        "reason": None if apart.pairs else "fewer than two models with an interval",
    }


def _health(health: JudgeHealth) -> Document:
    document = asdict(health)
    document["by_reason"] = dict(health.by_reason)
    document["coverage"] = dict(health.coverage)
    return document


def _settings(
    settings: ReportSettings, rates: WinRates, ranks: RankRanges, battles: Battles
) -> Document:
    several = "equal weight for each judge, whatever survived"
    by_mean = "one verdict a game: the mean of the judges' verdicts"
    return {
        **settings.model_dump(mode="json"),
        "style": list(settings.style) or None,
        "weighting": "preference" if battles.by_preference else settings.weighting,
        "interval": intervals_said(rates),
        "ranks": ranks.rule,
        "judges": by_mean if settings.judges == "ensemble" else several,
    }
