"""How clustering grows: `python bench/cluster_memory.py PROMPTS.parquet VECTORS.npy [ROWS …]`.

Larger corpora than the file are made of it: every prompt comes again and again, its vector moved at
random (cosine about .9 to where it was) and stored as float16. So vectors are as real ones lie, and
words repeat, which makes counting them cheaper than it would be. Each size is read and clustered in
a process of its own, as `cluster` does it. The exit code is 1 when a million prompts take 8 GiB.
Without a file it says so and stops.
"""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchbuilder.mapped import read_table
from benchbuilder.observe import Silent
from benchbuilder.settings import ClusterSettings
from benchbuilder.stages.cluster import cluster

SIZES = (50_000, 200_000, 1_000_000)
MOST_GIB = 8
_MOVED = 0.48  # the length of the move: a cosine of .9
_BATCH_ROWS = 18_000


def main(prompts: str | None = None, vectors: str | None = None, *sizes: str) -> int:
    """Print one line of JSON for each size."""
    if prompts is None or vectors is None:
        sys.stdout.write("skipped: needs PROMPTS.parquet and VECTORS.npy of its texts\n")
        return 0
    most = 0.0
    for rows in map(int, sizes or map(str, SIZES)):
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
            for step in (["--write", str(rows), prompts, vectors], ["--cluster"]):
                command = [sys.executable, "-PW", "ignore", __file__, step[0], folder, *step[1:]]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            figures = json.loads(done.stdout)
        most = max(most, figures["peak_gib"])
        sys.stdout.write(json.dumps({"prompts": rows, **figures}) + "\n")
        sys.stdout.flush()
    return 0 if most < MOST_GIB else 1


def write(folder: Path, rows: int, prompts: str, vectors: str) -> None:
    """The two artifacts that clustering reads."""
    texts, known = pq.read_table(prompts, columns=["text"])["text"].to_pylist(), np.load(vectors)
    draw = np.random.default_rng(0)
    width = known.shape[1]
    kind = pa.schema([("prompt_id", pa.string()), ("vector", pa.list_(pa.float16(), width))])
    columns = pa.schema([(name, pa.string()) for name in ("prompt_id", "text", "language")])
    with (
        pq.ParquetWriter(folder / "embeddings.parquet", kind) as embeddings,
        pq.ParquetWriter(folder / "prompts.parquet", columns) as written,
    ):
        for start in range(0, rows, _BATCH_ROWS):
            places = np.arange(start, min(start + _BATCH_ROWS, rows))
            which = places % len(texts)
            moves = draw.normal(size=(len(places), width)).astype(np.float32)
            moves *= _MOVED / np.linalg.norm(moves, axis=1, keepdims=True)
            moved = known[which] + moves
            moved /= np.linalg.norm(moved, axis=1, keepdims=True)
            ids = [hashlib.sha256(str(place).encode()).hexdigest() for place in places]
            flat = pa.array(moved.astype(np.float16).reshape(-1))
            column = pa.FixedSizeListArray.from_arrays(flat, width)
            embeddings.write_batch(pa.record_batch([ids, column], schema=kind))
            held = [texts[at] for at in which]
            written.write_batch(pa.record_batch([ids, held, ["en"] * len(ids)], schema=columns))


def measure(folder: Path) -> None:
    """Read and cluster; figures as JSON."""
    start, used = time.perf_counter(), time.process_time()
    observe = Silent()
    found = cluster(
        read_table(folder / "prompts.parquet"),
        read_table(folder / "embeddings.parquet"),
        settings=ClusterSettings(),
        observe=observe,
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    sizes = found["topics"]["size"].to_pylist()
    figures = {
        "seconds": round(time.perf_counter() - start, 1),
        "cpu_seconds": round(time.process_time() - used, 1),
        "peak_gib": round(peak, 2),
        "topics": len(sizes),
        "largest": max(sizes, default=0),
        "noise_share": observe.figures["noise_share"],
        "notes": observe.notes,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:6])
    elif sys.argv[1:2] == ["--cluster"]:
        measure(Path(sys.argv[2]))
    else:
        sys.exit(main(*sys.argv[1:]))
