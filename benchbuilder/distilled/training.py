"""How a head is fitted: seven L2-penalised logistic regressions, then the cuts of the score.

The constants below were chosen by grouped cross-validation on the training labels of the
shipped heads. A penalty that is fixed (and not searched for each training set) acts as a prior:
it weighs more where labels are few.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchbuilder.distilled.decisions import sigmoid
from benchbuilder.distilled.features import (
    SURFACE_FEATURES,
    Floats,
    surface_features,
)
from benchbuilder.distilled.folds import Ints, deal_folds, near_duplicate_groups
from benchbuilder.distilled.head import Head, Source
from benchbuilder.distilled.ngrams import hashed_ngrams
from benchbuilder.errors import InputError
from benchbuilder.schemas import CRITERIA

INVERSE_PENALTY = 0.01
VECTOR_SCALE = 10.0
NGRAM_SCALE = 14.0
ORIGIN_SCALE = 5.0
"""What a block of features is multiplied with before fitting: more means penalised less."""
NGRAM_COLUMNS = 4_096
"""Hashed columns of a head without vectors (vectors say the same better: none beside them)."""
CUT_FOLDS = 5

Flags = npt.NDArray[np.bool_]


class Design(NamedTuple):
    """The matrix that is fitted, (n, k), and the mean and scale of its surface columns."""

    matrix: Any
    means: Floats
    scales: Floats


class Fit(NamedTuple):
    """Coefficients (k, 7) and intercepts (7,) in the units of the design matrix."""

    coefficients: Floats
    intercepts: Floats


def train_head(
    texts: Sequence[str],
    labels: Flags,
    vectors: npt.NDArray[Any] | None,
    *,
    encoder: str | None,
    seed: int,
    sources: Sequence[Source],
    encoder_revision: str | None = None,
    reference: Flags | None = None,
    natural: Flags | None = None,
) -> Head:
    """Fit a head on n labelled prompts.

    `labels` has shape (n, 7), columns as `CRITERIA`. `vectors`, shape (n, d), come from
    `encoder`; both are None for a head on surface features and n-grams. `reference` marks the
    rows that look like the prompts to be annotated later (all, when None): the other rows
    train the weights too, but get an intercept of their own. The cuts of the score follow the
    `natural` rows alone (the reference rows, when None): prompts as people send them, of which
    none was picked for being hard. Raises InputError when there are too few rows to fit.
    """
    reference = check_rows(labels, reference)
    natural = reference if natural is None else check_rows(labels, natural)
    design = design_matrix(texts, vectors, reference)
    groups = near_duplicate_groups(texts)
    fold_of = deal_folds(groups, CUT_FOLDS, seed)
    held_out = out_of_fold(design.matrix, labels, fold_of)
    cuts = score_cuts(held_out[natural], labels[natural])
    fitted = fit(design.matrix, labels)
    k = len(SURFACE_FEATURES)
    surface = fitted.coefficients[:k] / design.scales[:, None]
    tail = fitted.coefficients[k:-1] * (NGRAM_SCALE if vectors is None else VECTOR_SCALE)
    nothing = np.zeros((0, len(CRITERIA)))
    return Head(
        encoder=encoder,
        dimension=0 if vectors is None else int(vectors.shape[1]),
        encoder_revision=encoder_revision,
        intercepts=fitted.intercepts - design.means @ surface,
        surface=surface,
        vectors=nothing if vectors is None else tail,
        ngrams=tail if vectors is None else nothing,
        score_cuts=cuts,
        labels=len(labels),
        seed=seed,
        sources=tuple(sources),
    )


def check_rows(labels: Flags, rows: Flags | None) -> Flags:
    """The mask of rows (all, when None); raises InputError when too few rows are in it."""
    mask = np.ones(len(labels), dtype=np.bool_) if rows is None else rows
    if mask.sum() < 2 * CUT_FOLDS:
        raise InputError(
            f"{int(mask.sum())} labelled prompts are too few to train on; "
            f"at least {2 * CUT_FOLDS} are needed, a few hundred to be of use",
            hint="annotate more prompts first: benchbuilder annotate --run DIR",
        )
    return mask


def design_matrix(
    texts: Sequence[str], vectors: npt.NDArray[Any] | None, reference: Flags
) -> Design:
    """Surface features (standardised), then vectors or n-grams (scaled), then the row's origin.

    Means and scales come from all rows: no label is involved. The origin column is 0 for
    reference rows, so that it says nothing about them.
    """
    from scipy.sparse import csr_array, hstack

    raw = surface_features(texts)
    means, spread = raw.mean(axis=0), raw.std(axis=0)
    scales = np.where(spread > 1e-9, spread, 1.0)
    surface = (raw - means) / scales
    origin = np.where(reference, 0.0, ORIGIN_SCALE)[:, None]
    if vectors is not None:
        return Design(np.hstack([surface, vectors * VECTOR_SCALE, origin]), means, scales)
    grams = hashed_ngrams(texts, NGRAM_COLUMNS)
    sparse = csr_array(
        (grams.values * NGRAM_SCALE, grams.columns, grams.starts),
        shape=(len(texts), NGRAM_COLUMNS),
    )
    blocks: list[Any] = [csr_array(surface), sparse, csr_array(origin)]
    return Design(hstack(blocks, format="csr"), means, scales)


def fit(matrix: Any, labels: Flags) -> Fit:
    """One logistic regression per criterion; a criterion that never varies becomes a constant.

    One thread, so that the same rows give the same weights whatever the number of cores.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    coefficients = np.zeros((matrix.shape[1], len(CRITERIA)))
    intercepts = np.zeros(len(CRITERIA))
    with threadpool_limits(limits=1):
        for column in range(len(CRITERIA)):
            wanted = labels[:, column]
            n_true = int(wanted.sum())
            if n_true in (0, len(wanted)):
                intercepts[column] = np.log((n_true + 0.5) / (len(wanted) - n_true + 0.5))
                continue
            model = LogisticRegression(C=INVERSE_PENALTY, max_iter=2_000, tol=1e-6)
            model.fit(matrix, wanted)
            coefficients[:, column] = model.coef_[0]
            intercepts[column] = model.intercept_[0]
    return Fit(coefficients, intercepts)


def out_of_fold(matrix: Any, labels: Flags, fold_of: Ints, usable: Flags | None = None) -> Floats:
    """Probabilities (n, 7) of every row from a fit that saw neither it nor its group.

    Only `usable` rows train (all, when None).
    """
    probabilities = np.full(labels.shape, np.nan)
    for fold in np.unique(fold_of):
        inside = fold_of == fold
        train = ~inside if usable is None else ~inside & usable
        fitted = fit(matrix[train], labels[train])
        logits = matrix[inside] @ fitted.coefficients + fitted.intercepts
        probabilities[inside] = np.round(sigmoid(logits), 6)
    return probabilities


def score_cuts(probabilities: Floats, labels: Flags) -> Floats:
    """Seven thresholds on the expected score, shape (7,).

    Cut k is the quantile that lets as large a share of the prompts reach k as the labels do,
    on probabilities that were predicted out of fold. A score that no label reaches has a cut
    over the highest possible expectation.
    """
    expected, scores = probabilities.sum(axis=1), labels.sum(axis=1)
    top = len(CRITERIA)
    shares = [float((scores >= k).mean()) for k in range(1, top + 1)]
    cuts = [np.quantile(expected, 1.0 - share) if share else top + 1.0 for share in shares]
    return np.maximum.accumulate(np.asarray(cuts, dtype=np.float64))
