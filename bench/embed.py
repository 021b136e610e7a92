"""How fast prompts are embedded: `make bench`, or `python bench/embed.py [PROMPTS.parquet]`.

sentence-transformers' own `encode` (float32, its defaults) against the encoder here, in one
process, on the same prompts, with the same threads, in turns; the faster of two rounds counts for
each. Neighbours of bfloat16 vectors are compared with those of float32. Beside the ratio of times
stands that of CPU seconds, which other work on the machine moves less.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from corpus import read_prompts

from benchbuilder.encoders import open_encoder
from benchbuilder.encoders.precision import resolve_precision
from benchbuilder.encoders.weights import MINILM, locate_weights
from benchbuilder.settings import EmbedSettings

PROMPTS, NEIGHBOURS, ROUNDS = 2000, 10, 2
LEAST_RATIO = {"float32": 1.35, "bfloat16": 3.0}
LEAST_RECALL = 0.98
Encode = Callable[[list[str]], Any]


def main(path: str | None = None) -> int:
    """Print the figures as JSON; the exit code is 1 when one is below its limit."""
    texts = read_prompts(path, PROMPTS)
    encoders = {"library": _library()}
    for precision in dict.fromkeys(("float32", resolve_precision("auto"))):
        encoders[precision] = _own(precision)
    vectors, wall, cpu = _race(encoders, texts)
    figures: dict[str, Any] = {"prompts": len(texts)}
    good = True
    for name in encoders:
        recall = _recall(vectors["library"], vectors[name])
        ratio = wall["library"] / wall[name]
        figures[name] = {
            "prompts_per_second": round(len(texts) / wall[name], 1),
            "times_the_library": round(ratio, 2),
            "by_cpu_seconds": round(cpu["library"] / cpu[name], 2),
            f"recall_at_{NEIGHBOURS}": round(recall, 4),
        }
        good &= ratio >= LEAST_RATIO.get(name, 0) and recall >= LEAST_RECALL
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    return 0 if good else 1


def _library() -> Encode:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(locate_weights(MINILM)), device="cpu")
    return lambda texts: model.encode(texts, normalize_embeddings=True, show_progress_bar=False)


def _own(precision: Any) -> Encode:
    settings = EmbedSettings(backend="sentence-transformers", precision=precision, device="cpu")
    encoder = open_encoder(settings)
    return lambda texts: encoder.encode(texts).vectors


def _race(encoders: dict[str, Encode], texts: list[str]) -> tuple[dict[str, Any], ...]:
    """Vectors, least seconds and least CPU seconds of each encoder."""
    vectors: dict[str, Any] = {}
    wall, cpu = dict.fromkeys(encoders, math.inf), dict.fromkeys(encoders, math.inf)
    for encode in encoders.values():
        encode(texts[:32])  # the warm-up: weights, buffers
    for _ in range(ROUNDS):
        for name, encode in encoders.items():
            start, start_cpu = time.perf_counter(), time.process_time()
            vectors[name] = encode(texts)
            wall[name] = min(wall[name], time.perf_counter() - start)
            cpu[name] = min(cpu[name], time.process_time() - start_cpu)
    return vectors, wall, cpu


def _recall(exact: Any, other: Any) -> float:
    """The share of the nearest neighbours by the exact vectors that the others find too."""

    def neighbours(vectors: Any) -> Any:
        cosines = vectors @ vectors.T
        np.fill_diagonal(cosines, -2)
        return np.argsort(-cosines, axis=1, kind="stable")[:, :NEIGHBOURS]

    pairs = zip(neighbours(exact), neighbours(other), strict=True)
    return float(np.mean([len(set(a) & set(b)) / NEIGHBOURS for a, b in pairs]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
