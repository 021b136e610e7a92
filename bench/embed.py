"""How fast prompts are embedded: `make bench`, or `python bench/embed.py [PROMPTS.parquet]`.

sentence-transformers' own `encode` (float32, its defaults) against the encoder here, in one
process, on the same prompts, with the same threads. Neighbours of bfloat16 vectors are compared
with those of float32.
"""

from __future__ import annotations

import json
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

PROMPTS, NEIGHBOURS = 2000, 10
LEAST_RATIO = {"float32": 1.35, "bfloat16": 3.0}
LEAST_RECALL = 0.98


def main(path: str | None = None) -> int:
    """Print the figures as JSON; the exit code is 1 when one is below its limit."""
    from sentence_transformers import SentenceTransformer

    texts = read_prompts(path, PROMPTS)
    model = SentenceTransformer(str(locate_weights(MINILM)), device="cpu")
    vectors, seconds = {}, {}
    vectors["library"], seconds["library"] = _timed(
        lambda some: model.encode(some, normalize_embeddings=True, show_progress_bar=False), texts
    )
    for precision in dict.fromkeys(("float32", resolve_precision("auto"))):
        settings = EmbedSettings(backend="sentence-transformers", precision=precision)
        encoder = open_encoder(settings)
        vectors[precision], seconds[precision] = _timed(
            lambda some, encoder=encoder: encoder.encode(some)[0], texts
        )
    figures: dict[str, Any] = {"prompts": len(texts)}
    good = True
    for name, took in seconds.items():
        recall = _recall(vectors["library"], vectors[name])
        ratio = seconds["library"] / took
        figures[name] = {
            "prompts_per_second": round(len(texts) / took, 1),
            "times_the_library": round(ratio, 2),
            f"recall_at_{NEIGHBOURS}": round(recall, 4),
        }
        good &= ratio >= LEAST_RATIO.get(name, 0) and recall >= LEAST_RECALL
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    return 0 if good else 1


def _timed(encode: Callable[[list[str]], Any], texts: list[str]) -> tuple[Any, float]:
    encode(texts[:32])  # the warm-up: weights, buffers
    start = time.perf_counter()
    return encode(texts), time.perf_counter() - start


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
