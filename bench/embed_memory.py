"""How memory grows with the prompts: `python bench/embed_memory.py [ROWS …]`.

The stage, its record of vectors and the runner are the real ones. The encoder is a cheap stand-in
that draws 384 numbers from a text's digest, so that what is measured is all around the model. Each
size runs in a process of its own: the first run, one with everything on record, TF-IDF (the real
one), and reading the vectors back as `cluster` does.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from corpus import read_prompts

from benchbuilder.artifacts import RunFolder
from benchbuilder.config import Config, build_config
from benchbuilder.encoders.protocol import Encoded, Encoder, Progress, whole
from benchbuilder.encoders.recorded import RecordedEncoder, VectorRecord
from benchbuilder.encoders.svd import SvdEncoder
from benchbuilder.observe import Observer, Silent
from benchbuilder.planning import Runnable
from benchbuilder.runner import StageResult, run
from benchbuilder.stage import Context, Stage
from benchbuilder.stages.embed import embed

SIZES = (20_000, 100_000)
MOST_GIB = 8
WAYS = ("first run", "on record", "tfidf", "read back")


class Cheap:
    """384 numbers from a text's digest."""

    name, block_rows = "cheap", 8192
    identity: dict[str, Any] = {"backend": "cheap"}  # noqa: RUF012 - as the protocol has it

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Encoded:
        rows = []
        for text in texts:
            rows.append(np.random.default_rng(zlib.crc32(text.encode())).random(384, np.float32))
            if progress and not len(rows) % 1000:
                progress(len(rows), len(texts))
        vectors = np.array(rows, dtype=np.float32) - 0.5
        return whole(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


class Quiet:
    """Follows a run and says nothing."""

    def started(self, stage: str) -> Observer:
        return Silent()

    def finished(self, result: StageResult) -> None: ...


def main(*sizes: str) -> int:
    """Print a line for each size and way; 1 where one needs more memory than the limit."""
    good = True
    for rows in map(int, sizes or SIZES):
        with tempfile.TemporaryDirectory() as folder:
            for way in ("write", *WAYS):
                command = [sys.executable, __file__, "--one", way, str(rows), folder]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                if way != "write":
                    sys.stdout.write(done.stdout)
                    good &= json.loads(done.stdout)["peak_gib"] < MOST_GIB
    return 0 if good else 1


def one(way: str, rows: int, place: str) -> None:
    """One way, measured in this process."""
    config = build_config({"embed": {"storage": "float16"}}, origin="bench")
    folder = RunFolder(Path(place), create=True)
    start = time.perf_counter()
    if way == "write":
        run(
            [_stage("ingest", _prompts, (), "prompts", config, folder, {"rows": rows})],
            folder,
            Quiet(),
        )
        return
    if way == "read back":
        vectors = folder.read("embeddings")["vector"].chunk(0).flatten().to_numpy()
        float(vectors.astype(np.float32).sum())
    else:
        encoder: Encoder = SvdEncoder(384)
        if way != "tfidf":
            encoder = RecordedEncoder(
                Cheap(), VectorRecord(Path(place) / "v.sqlite"), 512, Silent()
            )
        if way == "on record":
            folder.file("embeddings").unlink()
        given = {"encoder": encoder, "total": rows}
        run(
            [_stage("embed", embed, ("prompts",), "embeddings", config, folder, given)],
            folder,
            Quiet(),
        )
    line: dict[str, Any] = {"rows": rows, "way": way}
    line["seconds"] = round(time.perf_counter() - start, 1)
    line["peak_gib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
    line["file_mb"] = round(folder.file("embeddings").stat().st_size / 1e6)
    sys.stdout.write(json.dumps(line) + "\n")


def _stage(
    name: str,
    function: Any,
    inputs: tuple[str, ...],
    output: str,
    config: Config,
    folder: RunFolder,
    given: dict[str, Any],
) -> Runnable:
    def arguments(_context: Context, _observe: Observer) -> dict[str, Any]:
        return given

    context = Context(config, folder)
    identity = {"encoder": getattr(given.get("encoder"), "identity", None)}
    return Stage(
        name, function, inputs, (output,), 1, context,
        given=arguments, identify=partial(_same, identity), streams=bool(inputs),
    )  # fmt: skip


def _same(identity: dict[str, Any], _context: Context) -> dict[str, Any]:
    return identity


def _prompts(
    *, rows: int, settings: Any, observe: Observer
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """The demo's prompts again and again, each with words of its own in front."""
    texts = read_prompts(None)
    for start in range(0, rows, 8192):
        numbers = range(start, min(rows, start + 8192))
        said = [f"case {i} of kind {i * 7919 % 997}: {texts[i % len(texts)]}" for i in numbers]
        yield (
            "prompts",
            pa.record_batch(
                {
                    "prompt_id": [f"p1-{i:032x}" for i in numbers],
                    "conversation_id": [str(i) for i in numbers],
                    "text": said,
                    "language": ["en"] * len(said),
                    "occurrences": pa.array([1] * len(said), pa.int32()),
                    "n_chars": pa.array(map(len, said), pa.int32()),
                    "n_tokens": pa.array([len(text) // 4 for text in said], pa.int32()),
                }
            ),
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    else:
        sys.exit(main(*sys.argv[1:]))
