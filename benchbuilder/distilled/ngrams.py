"""Hashed words and word pairs, for heads that have no vectors of an encoder."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchbuilder.distilled.features import MAX_CHARS, Floats

_TOKEN = re.compile(r"\d+|[^\W\d_]+|[^\w\s]")


class Ngrams(NamedTuple):
    """Hashed n-grams of n texts as sparse rows: row i holds `columns[starts[i]:starts[i + 1]]`."""

    columns: npt.NDArray[np.int64]
    values: Floats
    starts: npt.NDArray[np.int64]


def hashed_ngrams(texts: Sequence[str], dimension: int) -> Ngrams:
    """Words and word pairs, each present or not, hashed (CRC-32) into `dimension` columns.

    Rows have Euclidean length 1 (0 for a text without any token). A number is the token `0`,
    whatever it is. A column appears at most once in a row.
    """
    columns: list[int] = []
    values: list[float] = []
    starts = [0]
    for text in texts:
        row = sorted({zlib.crc32(gram.encode()) % dimension for gram in _grams(text[:MAX_CHARS])})
        columns.extend(row)
        values.extend([1.0 / math.sqrt(len(row))] * len(row) if row else [])
        starts.append(len(columns))
    return Ngrams(
        np.asarray(columns, dtype=np.int64),
        np.asarray(values, dtype=np.float64),
        np.asarray(starts, dtype=np.int64),
    )


def _grams(text: str) -> set[str]:
    tokens = ["0" if token.isdigit() else token for token in _TOKEN.findall(text.lower())]
    return {*tokens, *map(" ".join, pairwise(tokens))}


def ngram_product(ngrams: Ngrams, weights: Floats) -> Floats:
    """Sparse rows times weights (columns, 7): shape (n, 7)."""
    n_rows = len(ngrams.starts) - 1
    rows = np.repeat(np.arange(n_rows), np.diff(ngrams.starts))
    parts = ngrams.values[:, None] * weights[ngrams.columns]
    sums = [np.bincount(rows, parts[:, c], minlength=n_rows) for c in range(weights.shape[1])]
    return np.stack(sums, axis=1)
