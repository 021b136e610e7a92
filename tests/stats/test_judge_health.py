"""Checks of a judge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from benchbuilder.stats.judge_health import judge_health

from .cases import HAND, judgments, korean_judgments, random_judgments


def test_a_judge_that_always_prefers_the_first_side() -> None:
    health = judge_health(judgments(HAND["position_flip"]["verdicts"]))
    assert health.position_bias == 0.5
    assert health.swap_agreement == 0
    assert health.flip_fraction == 1
    assert health.baseline_first.first_wins == 1
    assert health.baseline_second.first_wins == 1


def test_pairs_agree_flip_or_are_half_decided() -> None:
    table = judgments(
        {"m": [["B>A", "A>>B"], ["A=B", "A=B"], ["A>B", "A>B"], ["A=B", "A>B"], [None, "A>B"]]}
    )
    health = judge_health(table)
    assert (health.games, health.pairs) == (10, 4)
    assert health.swap_agreement == 0.5
    assert health.flip_fraction == 0.25
    assert health.tie_fraction == pytest.approx(3 / 9)
    assert health.null_fraction == 0.1
    assert health.by_reason == {"parse_error": 1}
    # Games of complete pairs: side A scores 0 1 ½ ½ 1 1 ½ 1.
    assert health.position_bias == pytest.approx(5.5 / 8 - 0.5)


def test_row_order_never_matters() -> None:
    table = random_judgments(3, 20, seed=1, nulls=0.2)
    shuffled = table.take(np.random.default_rng(2).permutation(len(table)))
    assert judge_health(table) == judge_health(shuffled)


def test_coverage_per_model() -> None:
    health = judge_health(judgments({"m": [["B>A", None], [None, None]], "n": [["A>B", "A>B"]]}))
    assert health.coverage == {"m": 0.5, "n": 0.5}


def test_nothing_valid_is_null_and_not_zero() -> None:
    health = judge_health(judgments({"m": [[None, None]]}))
    assert health.position_bias is None
    assert health.swap_agreement is None
    assert health.tie_fraction is None
    assert health.null_fraction == 1
    assert health.baseline_first.first_wins is None


def test_the_baseline_against_itself_is_counted_apart() -> None:
    # Game 1: the "model" stands on B; game 2: on A.
    own = judgments({"base": [["A>B", "A>B"], ["A=B", "B>A"]]})
    health = judge_health(pa.concat_tables([judgments({"m": [["B>A", "A>B"]]}), own]))
    assert health.games == 2
    assert health.self_play is not None
    assert health.self_play.games == 4
    assert health.self_play.win_rate == pytest.approx((0 + 1 + 0.5 + 0) / 4)
    assert health.self_play.first_side == pytest.approx((1 + 1 + 0.5 + 0) / 4 - 0.5)
    assert health.self_play.ties == 0.25
    assert health.self_play.standard_error == pytest.approx(0.125)  # 1 of 2 and ½ of 2
    assert judge_health(judgments({"m": [["A>B", None]]})).self_play is None


def test_korean_verdicts(shared: Path) -> None:
    health = judge_health(korean_judgments(shared))
    assert health.games == 75 * 500 * 2
    assert health.by_reason == {"unknown": round(health.games * (health.null_fraction or 0))}
    assert health.self_play is not None
    assert health.self_play.games == 1000
    assert health.self_play.win_rate == pytest.approx(0.5, abs=0.02)
    assert health.swap_agreement is not None and health.flip_fraction is not None
    assert 0.5 < health.swap_agreement < 1
    assert health.swap_agreement + health.flip_fraction <= 1
