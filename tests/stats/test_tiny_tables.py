"""Everything a report calls, on tables of any shape: nulls, yes; a crash or a warning, no."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.bootstrap import bootstrap, draws_with_baseline, with_percentiles
from benchbuilder.stats.judge_agreement import judge_agreement
from benchbuilder.stats.judge_health import judge_health
from benchbuilder.stats.max_t import family_wise_rank_ranges
from benchbuilder.stats.separability import (
    disjoint_rank_ranges,
    disjoint_separability,
    paired_differences,
    paired_rank_ranges,
    paired_separability,
)
from benchbuilder.stats.topics import topic_rates
from benchbuilder.stats.verdicts import VERDICTS
from benchbuilder.stats.win_rate import win_rates, with_baseline

from .cases import judgments

VERDICT = st.sampled_from([*VERDICTS, None, None])
TABLES = st.dictionaries(
    st.sampled_from(["m", "n", "o", "p"]),
    st.lists(st.tuples(VERDICT, VERDICT), min_size=1, max_size=4),
    min_size=1,
)


@settings(max_examples=150)
@given(TABLES)
def test_no_table_breaks_a_report(verdicts: dict[str, list[tuple[str | None, str | None]]]) -> None:
    table = judgments(verdicts)
    battles = build_battles(table)
    sample = bootstrap(battles, rounds=20)
    rates = with_percentiles(win_rates(battles), sample)
    assert len(rates.models) == len(verdicts)
    known = ~np.isnan(rates.lower)
    assert (rates.lower[known] <= rates.upper[known]).all()
    assert (battles.used + battles.dropped + battles.missing == len(battles.prompts)).all()

    whole, draws = with_baseline(rates, "base"), draws_with_baseline(sample, "base")
    differences = paired_differences(whole)
    paired_differences(whole, draws, method="percentile")
    for found in (disjoint_separability(whole), paired_separability(differences)):
        assert found.pairs + found.undefined == len(whole.models) * (len(whole.models) - 1) // 2
    for ranks in (
        disjoint_rank_ranges(whole),
        paired_rank_ranges(differences),
        family_wise_rank_ranges(whole, draws),
    ):
        assert ((ranks.low >= 1) & (ranks.low <= ranks.high)).all()
        assert (ranks.high <= len(whole.models)).all()
    topic_rates(battles, dict.fromkeys(battles.prompts, "t"), min_prompts=1)
    health = judge_health(table)
    assert sum(health.by_reason.values()) == battles.null_games.sum()
    judge_agreement(table)
