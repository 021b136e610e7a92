"""What one bootstrap round costs in other rating libraries. Run by `bench/stats.py`.

In the environment of `make peers`: `python bench/peers/rounds.py GAMES.npz`. A round draws games
with replacement and fits all ratings, as these libraries do; a strong verdict is three games. Each
is warm (compiled) before the clock starts.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

Games = dict[str, Any]


def main(path: str) -> int:
    """Print seconds a round by library."""
    games = read(path)
    ways = {
        "choix": choix,
        "evalica": evalica,
        "arena-rank": arena_rank,
        "arena-rank, style": style,
    }
    seconds = {name: timed(*prepare(games)) for name, prepare in ways.items()}
    sys.stdout.write(json.dumps({name: round(s, 4) for name, s in seconds.items()}) + "\n")
    return 0


def read(path: str) -> Games:
    """One row a game: model (0 is the baseline), outcome for the model, weight, style."""
    found = np.load(path)
    models, prompts, sides = found["won"].shape
    style = np.repeat(found["style"].reshape(len(found["style"]), -1), sides, axis=1)
    return {
        "model": np.repeat(np.arange(1, models + 1), prompts * sides),
        "won": found["won"].ravel(),
        "weight": found["strong"].ravel(),
        "style": style.T,
        "models": models,
    }


def timed(work: Callable[[int], object], rounds: int) -> float:
    """Seconds a round, after one to warm up; a single round has nothing to compile."""
    if rounds > 1:
        work(0)
    start = time.perf_counter()
    for number in range(1, rounds + 1):
        work(number)
    return (time.perf_counter() - start) / rounds


def drawn(games: Games, seed: int) -> Games:
    """Games drawn with replacement, a strong one three times."""
    repeated = np.repeat(np.arange(len(games["won"])), games["weight"].astype(int))
    rows = np.random.default_rng(seed).choice(repeated, size=len(repeated))
    return {name: games[name][rows] for name in ("model", "won", "style")}


def choix(games: Games) -> tuple[Callable[[int], object], int]:
    """`opt_pairwise`, Newton-CG. It has no ties: they are left out."""
    from choix import opt_pairwise

    def work(seed: int) -> object:
        some = drawn(games, seed)
        pairs = [
            (model, 0) if won == 1 else (0, model)
            for model, won in zip(some["model"].tolist(), some["won"].tolist(), strict=True)
            if won != 0.5
        ]
        return opt_pairwise(games["models"] + 1, pairs)

    return work, 1


def evalica(games: Games) -> tuple[Callable[[int], object], int]:
    """`bradley_terry`, in Rust."""
    from evalica import Winner, bradley_terry

    outcome = {1.0: Winner.X, 0.0: Winner.Y, 0.5: Winner.Draw}

    def work(seed: int) -> object:
        some = drawn(games, seed)
        winners = [outcome[won] for won in some["won"].tolist()]
        return bradley_terry(some["model"].tolist(), [0] * len(winners), winners)

    return work, 3


def arena_rank(games: Games) -> tuple[Callable[[int], object], int]:
    """Its own round: counts of the distinct (model, baseline, outcome), drawn and fitted."""
    import jax.numpy as jnp
    import pandas as pd
    from arena_rank.models.bradley_terry import BradleyTerry, fit_single_bootstrap_sample
    from arena_rank.utils.data_utils import PairDataset

    rows = np.repeat(np.arange(len(games["won"])), games["weight"].astype(int))
    frame = pd.DataFrame({"model_a": games["model"][rows], "winner": games["won"][rows]})
    frame["model_b"] = 0
    pairs = PairDataset.from_pandas(frame, outcome_map=float)
    model = BradleyTerry(games["models"] + 1)
    counts = np.asarray(pairs.counts)

    def work(seed: int) -> object:
        draw = np.random.default_rng(seed).multinomial(len(rows), counts / counts.sum())
        found = fit_single_bootstrap_sample(jnp.array(draw, jnp.float64), model, pairs)
        return found["ratings"].block_until_ready()

    return work, 20


def style(games: Games) -> tuple[Callable[[int], object], int]:
    """The same with style features, which leave nothing to count together."""
    import jax
    import jax.numpy as jnp
    from arena_rank.models import contextual_bradley_terry as contextual
    from arena_rank.utils.data_utils import ContextualPairDataset

    rows = np.repeat(np.arange(len(games["won"])), games["weight"].astype(int))
    pairs = ContextualPairDataset(
        competitors=list(range(games["models"] + 1)),
        pairs=jnp.array(np.column_stack([games["model"][rows], np.zeros(len(rows), int)])),
        outcomes=jnp.array(games["won"][rows]),
        features=jnp.array(games["style"][rows]),
        weights=jnp.ones(len(rows)),
    )
    model = contextual.ContextualBradleyTerry(games["models"] + 1, games["style"].shape[1])

    def work(seed: int) -> object:
        found = contextual.fit_single_bootstrap_sample(jax.random.PRNGKey(seed), model, pairs)
        return found["ratings"].block_until_ready()

    return work, 3


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
