"""The same seed draws the same questions in another process: other rows first, other threads."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchbuilder.observe import Silent
from benchbuilder.schemas import EMBEDDINGS
from benchbuilder.settings import SampleSettings
from benchbuilder.stages.sample import sample
from tests.stages.test_sample import Population, tables

ROOT = Path(__file__).resolve().parents[2]
STRATEGIES = ("per-cluster", "proportional", "score-weighted", "diverse")
PROMPTS, WIDTH = 600, 256


def drawn(order: int) -> dict[str, list[dict[str, str]]]:
    """The selection of every strategy, by prompt; ``order`` shuffles the rows of all tables."""
    rng = np.random.default_rng(0)
    names = [f"p{n:03d}" for n in range(PROMPTS)]
    scores, vectors = rng.integers(0, 8, PROMPTS), rng.normal(size=(PROMPTS, WIDTH))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = [
        {"prompt_id": name, "vector": vector, "truncated": False}
        for name, vector in zip(names, vectors.tolist(), strict=True)
    ]
    random.Random(order).shuffle(rows)
    told = {name: (n % 9, int(scores[n])) for n, name in enumerate(names)}
    population: Population = {str(row["prompt_id"]): told[str(row["prompt_id"])] for row in rows}
    found = {}
    for strategy in STRATEGIES:
        made = sample(
            *tables(population),
            pa.Table.from_pylist(rows, schema=EMBEDDINGS.schema),
            settings=SampleSettings.model_validate(
                {"strategy": strategy, "target": 60, "max_share": 1, "max_similarity": 0.2}
            ),
            observe=Silent(),
        )
        found[strategy] = made["selection"].sort_by("prompt_id").to_pylist()
    return found


def in_a_process(order: int, threads: int) -> dict[str, list[dict[str, str]]]:
    named = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_IO_THREADS")
    code = f"import json; from {__name__} import drawn; print(json.dumps(drawn({order})))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | dict.fromkeys(named, str(threads)) | {"PYTHONHASHSEED": str(threads)},
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return found


def test_neither_row_order_nor_threads_change_who_is_chosen() -> None:
    one, four = in_a_process(order=1, threads=1), in_a_process(order=2, threads=4)
    assert one == four
    for strategy in STRATEGIES:
        assert sum(bool(row["selected"]) for row in one[strategy]) == 60, strategy
        assert all(row["reason"] for row in one[strategy])
    assert len({json.dumps(one[strategy]) for strategy in STRATEGIES}) == len(STRATEGIES)
