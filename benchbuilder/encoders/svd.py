"""The back-end without torch: TF-IDF of words and letter groups, reduced by a truncated SVD.

The weights come from the texts themselves, so the encoder must see a corpus at once and vectors
of two corpora do not compare. Letter groups carry languages that are written without spaces.
"""

from __future__ import annotations

from collections.abc import Sequence
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


class SvdEncoder:
    """TF-IDF + truncated SVD; same texts in the same order, same bytes."""

    def __init__(self, dimensions: int) -> None:
        self.name = "tfidf-svd"
        self.block_rows: int | None = None
        self._dimensions = dimensions
        self.identity: dict[str, Any] = {
            "backend": "tfidf",
            "model": self.name,
            "version": 1,
            "dimensions": dimensions,
        }

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Encoded:
        """See ``Encoder.encode``; no text is ever cut.

        A corpus with fewer directions than ``dimensions`` leaves the last columns 0. Where a text
        has no direction at all, its vector is the last axis.
        """
        from threadpoolctl import threadpool_limits

        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        if texts:
            weighted = _weigh(texts)  # loads the libraries that the limit then binds
            # One thread: sums of several would depend on how many there are.
            with threadpool_limits(limits=1):
                reduced = _reduce(weighted, self._dimensions, progress)
            vectors[:, : reduced.shape[1]] = reduced
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        lost = lengths[:, 0] < 1e-6
        vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths >= 1e-6)
        vectors[lost, -1] = 1.0
        return whole(vectors)


def _weigh(texts: Sequence[str]) -> csr_matrix:
    """Sublinear TF-IDF, (n, columns): half of each row's length from words, half from letters."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    rare = 1 if len(texts) < _SMALL_ROWS else 2
    parts = []
    for analyzer, ngrams in (("word", (1, 1)), ("char_wb", (2, 3))):
        counts = HashingVectorizer(
            analyzer=analyzer,
            ngram_range=ngrams,
            n_features=_COLUMNS,
            alternate_sign=False,
            norm=None,
            dtype=np.float32,
        ).transform(texts)
        counts = counts[:, np.flatnonzero(counts.getnnz(axis=0) >= rare)]
        if counts.shape[1]:
            parts.append(TfidfTransformer(sublinear_tf=True).fit_transform(counts))
    empty = csr_matrix(np.zeros((len(texts), 0), dtype=np.float32))
    return csr_matrix(hstack([empty, *parts], format="csr"), dtype=np.float32)


def _reduce(weighted: csr_matrix, dimensions: int, progress: Progress | None) -> Vectors:
    """Coordinates of the rows on the main axes, (n, at most ``dimensions``)."""
    from sklearn.utils.extmath import randomized_svd

    rows = weighted.shape[0]
    sample = weighted
    if rows > _FIT_ROWS:
        chosen = np.random.default_rng(_SEED).choice(rows, _FIT_ROWS, replace=False)
        sample = weighted[np.sort(chosen)]
    width = min(dimensions, *sample.shape)
    if width == 0:
        return np.zeros((rows, 0), dtype=np.float32)
    axes = randomized_svd(sample, width, n_iter=2, random_state=_SEED)[2].astype(np.float32)
    reduced = np.empty((rows, width), dtype=np.float32)
    for start in range(0, rows, _STEP_ROWS):
        stop = min(rows, start + _STEP_ROWS)
        reduced[start:stop] = weighted[start:stop] @ axes.T
        if progress:
            progress(stop, rows)
    return reduced
