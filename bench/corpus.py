"""Prompts to measure with: a Parquet file with a column `text`, or the demo dump."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[1]


def read_prompts(path: str | None, limit: int | None = None, seed: int = 0) -> list[str]:
    """Distinct texts, at most ``limit`` of them drawn at random, in a fixed order."""
    texts = list(dict.fromkeys(_texts_of(Path(path)) if path else _demo()))
    if limit is None or len(texts) <= limit:
        return texts
    return [texts[i] for i in np.random.default_rng(seed).permutation(len(texts))[:limit]]


def _texts_of(path: Path) -> list[str]:
    return [text for text in pq.read_table(path, columns=["text"])["text"].to_pylist() if text]


def _demo() -> list[str]:
    texts = []
    for path in sorted((ROOT / "data" / "demo").glob("part_*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            turns = json.loads(line)["conversation"]
            texts += [turn["content"] for turn in turns if turn["role"] == "user"][:1]
    return [text for text in texts if text.strip()]
