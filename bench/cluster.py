"""Clustering against BERTopic: `python bench/cluster.py PROMPTS.parquet [VECTORS.npy]`.

Both get the same vectors and seeds. Each way runs in a process of its own, imports excluded: once
cold (with what numba compiles on first use), then once for each seed, warm. `cluster` holds the
vetted topic names and `extra` the clustering run that they come from; agreement is measured on the
largest such run, as the labels come and with noise left where it was (`core`), which is how
BERTopic hands its labels out. The last lines are ratios; the exit code is 1 when one is above its
limit, or when the agreement is lower than BERTopic's by more than .01 (NMI) or .03 (ARI).
Without a file, or without BERTopic (`pip install --no-deps bertopic`), it says so and stops.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchbuilder.encoders import open_encoder
from benchbuilder.observe import Silent
from benchbuilder.settings import ClusterSettings, EmbedSettings

SEEDS = (42, 43, 44)
BERTOPIC = "bertopic"
#: By way: settings, and the most that it may take of BERTopic's warm time.
WAYS: dict[str, tuple[dict[str, Any], float]] = {
    "umap-hdbscan": ({}, 0.7),
    "evoc": ({"method": "evoc"}, 0.25),
    "evoc, 2 threads": ({"method": "evoc", "threads": 2}, 0.25),
}
LEAST_NMI, LEAST_ARI = -0.01, -0.03

Line = dict[str, Any]


def main(prompts: str | None = None, vectors: str | None = None) -> int:
    """Print one line of JSON for each run, then one for each way."""
    if prompts is None or not find_spec("bertopic"):
        sys.stdout.write("skipped: needs PROMPTS.parquet with vetted topics, and bertopic\n")
        return 0
    lines: dict[str, list[Line]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = vectors or str(Path(folder) / "vectors.npy")
        if vectors is None:
            texts = pq.read_table(prompts)["text"].to_pylist()
            np.save(path, open_encoder(EmbedSettings()).encode(texts).vectors)
        for way in (BERTOPIC, *WAYS):
            if ("evoc" in way and not find_spec("evoc")) or ("2" in way and os.cpu_count() == 1):
                continue
            command = [sys.executable, "-PW", "ignore", __file__, "--one", way, prompts, path]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            sys.stdout.write(done.stdout)
            sys.stdout.flush()
            lines[way] = [json.loads(line) for line in done.stdout.splitlines()]
    summaries = [_compare(way, lines[way], lines[BERTOPIC]) for way in lines if way != BERTOPIC]
    sys.stdout.writelines(json.dumps(summary) + "\n" for summary in summaries)
    return 0 if all(summary["good"] for summary in summaries) else 1


def _compare(way: str, ours: list[Line], theirs: list[Line]) -> Line:
    """Ratios of times, and differences of the mean agreements, over the warm runs."""

    def warm(lines: list[Line], figure: str) -> float:
        return statistics.fmean(line[figure] for line in lines if line["state"] == "warm")

    ratio = warm(ours, "seconds") / warm(theirs, "seconds")
    figures = {name: warm(ours, name) - warm(theirs, name) for name in ("nmi", "ari")}
    core = {f"core_{n}": warm(ours, f"core_{n}") - warm(theirs, n) for n in ("nmi", "ari")}
    limit = WAYS[way][1]
    good = ratio <= limit and figures["nmi"] >= LEAST_NMI and figures["ari"] >= LEAST_ARI
    return {
        "way": way,
        "time_ratio": round(ratio, 3),
        "limit": limit,
        "cold_time_ratio": round(ours[0]["seconds"] / theirs[0]["seconds"], 3),
        "good": good,
        **{f"{name}_difference": round(value, 4) for name, value in (figures | core).items()},
    }


def one(way: str, prompts: str, vectors: str) -> None:
    """All runs of one way in this process."""
    table = pq.read_table(prompts, columns=["text", "extra", "cluster"])
    texts, matrix = table["text"].to_pylist(), np.load(vectors)
    _import_all()
    for state, seed in (("cold", SEEDS[0]), *(("warm", seed) for seed in SEEDS)):
        start = time.perf_counter()
        found = (
            _bertopic(texts, matrix, seed) if way == BERTOPIC else _ours(way, texts, matrix, seed)
        )
        line = {"way": way, "seed": seed, "state": state}
        line |= {"seconds": round(time.perf_counter() - start, 2)}
        labels, noise = found
        line |= {"noise": round(noise, 3), **_agreement(table, labels)}
        if way != BERTOPIC and state == "warm":
            core, _ = _ours(way, texts, matrix, seed, noise="drop")
            line |= {f"core_{k}": v for k, v in _agreement(table, core).items() if k != "topics"}
        sys.stdout.write(json.dumps(line) + "\n")


def _import_all() -> None:
    import bertopic
    import hdbscan
    import umap

    del bertopic, hdbscan, umap


def _bertopic(texts: list[str], matrix: Any, seed: int) -> tuple[Any, float]:
    from bertopic import BERTopic
    from umap import UMAP

    layout = UMAP(  # BERTopic's own defaults, and a seed
        n_neighbors=15,
        n_components=5,
        min_dist=0.0,
        metric="cosine",
        low_memory=False,
        random_state=seed,
    )
    found = BERTopic(umap_model=layout, embedding_model=None).fit(texts, matrix)
    labels = np.array(found.topics_)
    return labels, float((labels == -1).mean())


def _ours(way: str, texts: list[str], matrix: Any, seed: int, **more: Any) -> tuple[Any, float]:
    from benchbuilder.stages.cluster import cluster

    ids = [f"{row:08d}" for row in range(len(texts))]
    flat = pa.FixedSizeListArray.from_arrays(pa.array(matrix.reshape(-1)), matrix.shape[1])
    observe = Silent()
    found = cluster(
        pa.table({"prompt_id": ids, "text": texts, "language": ["en"] * len(ids)}),
        pa.table({"prompt_id": ids, "vector": flat}),
        settings=ClusterSettings(seed=seed, **WAYS[way][0], **more),
        observe=observe,
    )
    return np.array(found["clusters"]["topic_id"].to_pylist()), observe.figures["noise_share"]


def _agreement(table: pa.Table, labels: Any) -> dict[str, Any]:
    """NMI and ARI with the vetted names, over all prompts of the largest run."""
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    runs = [json.loads(extra)["path"] for extra in table["extra"].to_pylist()]
    largest = Counter(runs).most_common(1)[0][0]
    rows = [row for row, run in enumerate(runs) if run == largest]
    names = [table["cluster"][row].as_py() for row in rows]
    return {
        "topics": int(labels.max()) + 1,
        "nmi": round(normalized_mutual_info_score(names, labels[rows]), 4),
        "ari": round(adjusted_rand_score(names, labels[rows]), 4),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:5])
    else:
        sys.exit(main(*sys.argv[1:3]))
