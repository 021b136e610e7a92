"""How fast the statistics are: `make bench`, or `python bench/stats.py`.

100 models, 1,000 prompts, two games each against one baseline: 1,000 bootstrap rounds, plain and
with style control. Beside them, where `make peers` has made an environment for them: what one round
costs in choix, evalica and arena-rank on the same games. They resample games, one fit a round.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchbuilder.stats.battles import Battles, battles_from_scores
from benchbuilder.stats.bootstrap import bootstrap
from benchbuilder.stats.games import FloatArray
from benchbuilder.stats.style import style_control
from benchbuilder.stats.style_bootstrap import style_bootstrap
from benchbuilder.stats.style_features import StyleFeatures
from benchbuilder.stats.win_rate import win_rates

MODELS, PROMPTS, ROUNDS, FEATURES, REPEATS = 100, 1000, 1000, 4, 5
PLAIN_SECONDS, STYLE_SECONDS = 0.15, 1.5
ROOT = Path(__file__).resolve().parents[1]
PEERS = Path(os.environ.get("PEERS", ROOT / ".venv-peers" / "bin" / "python"))


def main() -> int:
    """Print the figures as JSON; the exit code is 1 when one is over its limit."""
    won, strong, style = simulated()
    battles, features = as_battles(won, strong, style)
    style_fit = style_control(battles, features, win_rates(battles))
    plain = best_of(lambda: bootstrap(battles, rounds=ROUNDS))
    styled = best_of(lambda: style_bootstrap(style_fit, rounds=ROUNDS))
    figures: dict[str, Any] = {
        "rounds": ROUNDS,
        "plain_seconds": round(plain, 3),
        "style_seconds": round(styled, 3),
    }
    if PEERS.is_file():
        rounds = peers(won, strong, style)
        figures["peer_seconds_a_round"] = rounds
        figures["times_slower_a_round"] = {
            name: round(seconds * ROUNDS / (styled if "style" in name else plain))
            for name, seconds in rounds.items()
        }
    else:
        figures["peers"] = "not installed: `make peers`"
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    return 0 if plain <= PLAIN_SECONDS and styled <= STYLE_SECONDS else 1


def simulated() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Per game: who won (1, 0, ½) and its weight, models × prompts × 2; and the differences in
    style, features × models × prompts."""
    rng = np.random.default_rng(0)
    style = rng.normal(0, 0.3, size=(FEATURES, MODELS, PROMPTS))
    level = rng.normal(-0.5, 1, MODELS)[:, None] + np.einsum("f,fmp->mp", [0.8, 0.2, 0.1, 0], style)
    level = level + rng.normal(0, 1, size=(MODELS, PROMPTS))  # games of a prompt correlate
    shape = (MODELS, PROMPTS, 2)
    won = (rng.random(shape) < 1 / (1 + np.exp(-level))[:, :, None]).astype(np.float64)
    won[rng.random(shape) < 0.1] = 0.5
    strong = np.where((won != 0.5) & (rng.random(shape) < 0.3), 3.0, 1.0)
    return won, strong, style


def as_battles(
    won: FloatArray, strong: FloatArray, style: FloatArray
) -> tuple[Battles, StyleFeatures]:
    names = tuple(f"m{place:03d}" for place in range(MODELS))
    prompts = tuple(f"p{place:04d}" for place in range(PROMPTS))
    battles = battles_from_scores(
        (won * strong).sum(axis=2), strong.sum(axis=2), names, prompts, baseline="baseline"
    )
    kinds = tuple(f"feature {place}" for place in range(FEATURES))
    return battles, StyleFeatures(kinds, names, prompts, style)


def best_of(work: Callable[[], object]) -> float:
    """Seconds of the fastest of some runs: what other work on the machine disturbs least."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def peers(won: FloatArray, strong: FloatArray, style: FloatArray) -> dict[str, float]:
    """Seconds of one bootstrap round by name, measured in the environment of the peers."""
    with tempfile.TemporaryDirectory() as folder:
        games = Path(folder) / "games.npz"
        np.savez(games, won=won, strong=strong, style=style)
        script = ROOT / "bench" / "peers" / "rounds.py"
        command = [str(PEERS), str(script), str(games)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    raise SystemExit(main())
