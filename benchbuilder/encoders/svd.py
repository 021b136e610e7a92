"""The back-end without torch: TF-IDF of words and letter groups, reduced by a truncated SVD.

Weights and axes come from the texts themselves (from a sample of a large corpus), so the encoder
must see a corpus at once and vectors of two corpora do not compare. Letter groups carry languages
that are written without spaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchbuilder.encoders.protocol import Encoded, Progress, Vectors, whole

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_COLUMNS = 2**18
_SMALL_ROWS = 100  # from here on, a word of one text alone says nothing
_FIT_ROWS = 8192  # more rows move the axes little and cost time in proportion
_STEP_ROWS = 8192
_SEED = 0
_KINDS: tuple[tuple[str, tuple[int, int]], ...] = (("word", (1, 1)), ("char_wb", (2, 3)))


class SvdEncoder:
    """TF-IDF + truncated SVD; same texts in the same order, same bytes."""

    def __init__(self, dimensions: int) -> None:
        self.name = "tfidf-svd"
        self.block_rows: int | None = None
        self._dimensions = dimensions
        self.identity: dict[str, Any] = {
            "backend": "tfidf",
            "model": self.name,
            "version": 2,
            "dimensions": dimensions,
        }

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Encoded:
        """See ``Encoder.encode``; no text is ever cut.

        A corpus with fewer directions than ``dimensions`` leaves the last columns 0. Where a text
        has no direction at all, its vector is the last axis.
        """
        import sklearn.utils.extmath  # noqa: F401 - loads the libraries that the limit then binds
        from threadpoolctl import threadpool_limits

        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        # One thread: sums of several would depend on how many there are.
        with threadpool_limits(limits=1):
            for start, reduced in _reduced(texts, self._dimensions):
                rows = vectors[start : start + len(reduced)]
                lengths = np.linalg.norm(reduced, axis=1, keepdims=True)
                rows[:, : reduced.shape[1]] = reduced / np.maximum(lengths, np.float32(1e-12))
                rows[lengths[:, 0] < 1e-6] = np.eye(1, self._dimensions, self._dimensions - 1)
                if progress:
                    progress(start + len(reduced), len(texts))
        return whole(vectors)


@dataclass(frozen=True)
class _Weights:
    """What a sample taught about one kind of terms: the columns that count, and their weights."""

    kind: tuple[str, tuple[int, int]]
    columns: Any  # (k,) of the hashed ones
    tfidf: Any

    def weigh(self, texts: Sequence[str]) -> csr_matrix:
        weighted: csr_matrix = self.tfidf.transform(_counts(texts, self.kind)[:, self.columns])
        return weighted


def _reduced(texts: Sequence[str], dimensions: int) -> Iterator[tuple[int, Vectors]]:
    """Coordinates on the main axes, (step, at most ``dimensions``), and the place of the first."""
    from sklearn.utils.extmath import randomized_svd

    sample = texts
    if len(texts) > _FIT_ROWS:
        chosen = np.random.default_rng(_SEED).choice(len(texts), _FIT_ROWS, replace=False)
        sample = [texts[row] for row in np.sort(chosen)]
    weights, weighted = _fit(sample)
    width = min(dimensions, *weighted.shape)
    axes = np.zeros((0, weighted.shape[1]), dtype=np.float32)
    if width:
        axes = randomized_svd(weighted, width, n_iter=2, random_state=_SEED)[2].astype(np.float32)
    if sample is texts:
        yield 0, weighted @ axes.T
        return
    for start in range(0, len(texts), _STEP_ROWS):
        step = texts[start : start + _STEP_ROWS]
        parts = [each.weigh(step) for each in weights]
        yield start, _beside(len(step), parts) @ axes.T


def _fit(texts: Sequence[str]) -> tuple[list[_Weights], csr_matrix]:
    """The weights of terms, and the texts weighted by them, (n, columns).

    Sublinear TF-IDF: half of each row's length comes from words, half from letters.
    """
    from sklearn.feature_extraction.text import TfidfTransformer

    rare = 1 if len(texts) < _SMALL_ROWS else 2
    weights, parts = [], []
    for kind in _KINDS:
        if not texts:
            break
        counts = _counts(texts, kind)
        columns = np.flatnonzero(counts.getnnz(axis=0) >= rare)
        if len(columns):
            weights.append(_Weights(kind, columns, TfidfTransformer(sublinear_tf=True)))
            parts.append(weights[-1].tfidf.fit_transform(counts[:, columns]))
    return weights, _beside(len(texts), parts)


def _counts(texts: Sequence[str], kind: tuple[str, tuple[int, int]]) -> csr_matrix:
    from sklearn.feature_extraction.text import HashingVectorizer

    analyzer, ngrams = kind
    hashing = HashingVectorizer(
        analyzer=analyzer,
        ngram_range=ngrams,
        n_features=_COLUMNS,
        alternate_sign=False,
        norm=None,
        dtype=np.float32,
    )
    counts: csr_matrix = hashing.transform(texts)
    return counts


def _beside(rows: int, parts: Sequence[csr_matrix]) -> csr_matrix:
    from scipy.sparse import csr_matrix, hstack

    empty = csr_matrix(np.zeros((rows, 0), dtype=np.float32))
    return csr_matrix(hstack([empty, *parts], format="csr"), dtype=np.float32)
