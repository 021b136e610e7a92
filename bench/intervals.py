"""How often intervals of a win rate hold the truth: `make bench`, or `python bench/intervals.py`.

Two games a prompt that correlate, three in ten decided games strong. Near 1 everything is the
mirror image of what it is near 0. The exit code is 1 when the default covers less than 92.5 %.
"""

from __future__ import annotations

import json
import sys
from itertools import product
from typing import Any

import numpy as np

from benchbuilder.stats.battles import Battles, battles_from_scores
from benchbuilder.stats.bootstrap import bootstrap, percentile_limits, with_percentiles
from benchbuilder.stats.games import FloatArray
from benchbuilder.stats.win_rate import WinRates, win_rates

MODELS, ROUNDS, STRONG = 4000, 1000, 0.3
RATES = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
PROMPTS, CORRELATIONS, TIES = (100, 500), (0.0, 0.45, 0.8), (0.0, 0.1)


def main() -> int:
    """Print one JSON line for each case, and the range over all of them."""
    rows = []
    for ties, correlation, prompts, rate in product(TIES, CORRELATIONS, PROMPTS, RATES):
        battles, truth = simulated(rate, prompts, correlation, ties)
        row = {
            "prompts": prompts,
            "correlation": correlation,
            "ties": ties,
            "win_rate": round(truth, 4),
            **measured(battles, truth),
        }
        rows.append(row)
        sys.stdout.write(json.dumps(row) + "\n")
    covers = [row["default"]["covers"] for row in rows]
    summary = {
        "lowest": min(covers),
        "highest": max(covers),
        "width_to_wald": round(
            float(np.mean([row["default"]["width"] / row["wald"]["width"] for row in rows])), 3
        ),
    }
    sys.stdout.write(json.dumps(summary) + "\n")
    return 0 if min(covers) >= 0.925 else 1


def simulated(rate: float, prompts: int, correlation: float, ties: float) -> tuple[Battles, float]:
    """``MODELS`` models that are all the same, and their true win rate (ties pull it to a half)."""
    rng = np.random.default_rng([prompts, int(1e4 * rate), int(100 * correlation), int(100 * ties)])
    strength = np.full((MODELS, prompts, 1), rate)
    if correlation:
        spread = 1 / correlation - 1
        # Of the smallest shapes numpy returns nan for what is 0 to every digit.
        strength = np.nan_to_num(rng.beta(rate * spread, (1 - rate) * spread, strength.shape))
    tie = rng.random((MODELS, prompts, 2)) < ties
    weight = np.where(~tie & (rng.random(tie.shape) < STRONG), 3.0, 1.0)
    score = weight * np.where(tie, 0.5, rng.random(tie.shape) < strength)
    decided = (1 - ties) * (1 + 2 * STRONG)
    names, ids = (
        [f"{kind}{i:05d}" for i in range(n)] for kind, n in (("m", MODELS), ("p", prompts))
    )
    battles = battles_from_scores(score.sum(axis=2), weight.sum(axis=2), names, ids)
    return battles, (ties / 2 + decided * rate) / (ties + decided)


def measured(battles: Battles, truth: float) -> dict[str, Any]:
    """Coverage, the two kinds of misses and the mean width, by kind of interval."""
    plain = win_rates(battles)
    sample = bootstrap(battles, rounds=ROUNDS)
    wald: WinRates = win_rates(battles, interval="wald")
    reported = with_percentiles(plain, sample)
    limits = {
        "wald": (wald.lower, wald.upper),
        "percentile": percentile_limits(sample.draws, plain.confidence),
        "default": (reported.lower, reported.upper),
    }
    return {name: _figures(*both, truth) for name, both in limits.items()}


def _figures(lower: FloatArray, upper: FloatArray, truth: float) -> dict[str, float]:
    return {
        "covers": round(float(np.mean((lower <= truth) & (truth <= upper))), 3),
        "truth_below": round(float(np.mean(truth < lower)), 3),
        "truth_above": round(float(np.mean(truth > upper)), 3),
        "width": round(float(np.mean(upper - lower)), 4),
    }


if __name__ == "__main__":
    raise SystemExit(main())
