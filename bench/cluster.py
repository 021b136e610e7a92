"""Clustering against BERTopic: `python bench/cluster.py PROMPTS.parquet [VECTORS.npy]`.

Both get the same vectors and seeds; each runs in a process of its own, imports excluded, first
cold (with what numba compiles on first use), then warm. `cluster` holds the vetted topic names and
`extra` the clustering run that they come from; agreement is measured on the largest such run.
Without a file, or without BERTopic (`pip install --no-deps bertopic`), it says so and stops.
"""

from __future__ import annotations

import json
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
METHODS = ("bertopic", "umap-hdbscan", "evoc")


def main(prompts: str | None = None, vectors: str | None = None) -> int:
    """Print one line of JSON for each method and seed."""
    if prompts is None or not find_spec("bertopic"):
        sys.stdout.write("skipped: needs PROMPTS.parquet with vetted topics, and bertopic\n")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = vectors or str(Path(folder) / "vectors.npy")
        if vectors is None:
            texts = pq.read_table(prompts)["text"].to_pylist()
            np.save(path, open_encoder(EmbedSettings()).encode(texts)[0])
        for method in (m for m in METHODS if m != "evoc" or find_spec("evoc")):
            command = [sys.executable, "-PW", "ignore", __file__, "--one", method, prompts, path]
            subprocess.run(command, check=True)
    return 0


def one(method: str, prompts: str, vectors: str) -> None:
    """All seeds of one method in this process."""
    table = pq.read_table(prompts, columns=["text", "extra", "cluster"])
    matrix = np.load(vectors)
    cluster = _bertopic if method == "bertopic" else _ours
    _import_all()
    for place, seed in enumerate(SEEDS):
        start = time.perf_counter()
        labels, noise = cluster(method, table["text"].to_pylist(), matrix, seed)
        seconds = time.perf_counter() - start
        line = {"method": method, "seed": seed, "state": "warm" if place else "cold"}
        line |= {"seconds": round(seconds, 1), "noise": round(noise, 3)}
        sys.stdout.write(json.dumps(line | _agreement(table, labels)) + "\n")
        sys.stdout.flush()


def _import_all() -> None:
    import bertopic
    import hdbscan
    import umap

    del bertopic, hdbscan, umap


def _bertopic(_method: str, texts: list[str], matrix: Any, seed: int) -> tuple[Any, float]:
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


def _ours(method: str, texts: list[str], matrix: Any, seed: int) -> tuple[Any, float]:
    from benchbuilder.stages.cluster import cluster

    ids = [f"{row:08d}" for row in range(len(texts))]
    flat = pa.FixedSizeListArray.from_arrays(pa.array(matrix.reshape(-1)), matrix.shape[1])
    observe = Silent()
    found = cluster(
        pa.table({"prompt_id": ids, "text": texts, "language": ["en"] * len(ids)}),
        pa.table({"prompt_id": ids, "vector": flat}),
        settings=ClusterSettings(method=method, seed=seed),
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
