"""How good a head is: cross-validated, or on labels that it never saw; always beside length.

Prompt length alone ranks prompts by difficulty surprisingly well. A head that does not beat it
is not worth its weights, so every measure of the ranking stands beside that of length.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchbuilder.distilled.decisions import Predictions, decide
from benchbuilder.distilled.features import Floats
from benchbuilder.distilled.folds import Ints, deal_folds, near_duplicate_groups
from benchbuilder.distilled.head import Head
from benchbuilder.distilled.measures import (
    Flags,
    Interval,
    area_under_curve,
    precision_at_top,
    with_interval,
)
from benchbuilder.distilled.scorecard import (
    GOOD_SCORE,
    CalibrationBin,
    CriterionQuality,
    LearningPoint,
    Quality,
    RankingQuality,
)
from benchbuilder.distilled.training import check_rows, design_matrix, out_of_fold, score_cuts
from benchbuilder.errors import InputError
from benchbuilder.schemas import CRITERIA

__all__ = ["Quality", "cross_validate", "evaluate"]

HIGH_SCORE = 6
TOP_SHARES = (0.05, 0.10, 0.20)
ROUNDS = 1_000
BINS = 10
CURVE_SHARES = (0.125, 0.25, 0.5, 1.0)


def cross_validate(
    texts: Sequence[str],
    labels: Flags,
    vectors: npt.NDArray[Any] | None,
    *,
    encoder: str | None,
    seed: int,
    folds: int = 5,
    groups: Ints | None = None,
    reference: Flags | None = None,
    natural: Flags | None = None,
    measured: Flags | None = None,
) -> Quality:
    """Quality of the head that `train_head` would fit; no prompt is predicted by a fit that saw it.

    Rows of one group stay in one fold; near-duplicate texts form the groups when None is given.
    `reference` and `natural` as in `train_head`; the score's cuts for a fold come from the
    probabilities of the other folds. Only the `measured` rows are measured (the reference rows,
    when None). Raises InputError when there are too few rows.
    """
    reference = check_rows(labels, reference)
    natural = reference if natural is None else check_rows(labels, natural)
    measured = reference if measured is None else measured
    design = design_matrix(texts, vectors, reference)
    groups = near_duplicate_groups(texts) if groups is None else groups
    if len(np.unique(groups)) < folds:
        raise InputError(
            f"{len(np.unique(groups))} distinct prompts are too few for {folds} folds",
            hint="label more prompts: near-copies of one another count once",
        )
    fold_of = deal_folds(groups, folds, seed)
    probabilities = out_of_fold(design.matrix, labels, fold_of)
    scores = np.zeros(len(labels), dtype=np.int64)
    decisions = np.zeros(labels.shape, dtype=np.bool_)
    for fold in range(folds):
        inside, others = fold_of == fold, (fold_of != fold) & natural
        decided = decide(probabilities[inside], score_cuts(probabilities[others], labels[others]))
        scores[inside], decisions[inside] = decided.quality_score, decided.decisions
    predicted = Predictions(probabilities, decisions, scores, probabilities.sum(axis=1))
    curve = _learning_curve(design.matrix, labels, measured, fold_of, groups, seed)
    return _measure(
        [text for text, kept in zip(texts, measured, strict=True) if kept],
        labels[measured],
        predicted.rows(measured),
        how="cross-validated",
        encoder=encoder,
        seed=seed,
        folds=folds,
        curve=curve,
    )


def evaluate(
    head: Head,
    texts: Sequence[str],
    labels: Flags,
    vectors: npt.NDArray[Any] | None,
    *,
    seed: int = 0,
) -> Quality:
    """Quality of a trained head on labelled prompts that it never saw."""
    if not len(texts):
        raise InputError(
            "no labelled prompts to measure the annotator on",
            hint="give labels of prompts that are there: --labels FILE",
        )
    predicted = head.annotate(texts, vectors)
    return _measure(
        texts, labels, predicted, how="held out", encoder=head.encoder, seed=seed, folds=None
    )


def _measure(
    texts: Sequence[str],
    labels: Flags,
    predicted: Predictions,
    *,
    how: str,
    encoder: str | None,
    seed: int,
    folds: int | None,
    curve: tuple[LearningPoint, ...] = (),
) -> Quality:
    scores = labels.sum(axis=1)
    good = scores >= GOOD_SCORE
    lengths = np.asarray([len(text) for text in texts], dtype=np.float64)
    shares = labels.mean(axis=0)
    return Quality(
        how=how,
        prompts=len(texts),
        encoder=encoder,
        seed=seed,
        folds=folds,
        accuracy=float((predicted.decisions == labels).mean()),
        majority_accuracy=float(np.maximum(shares, 1.0 - shares).mean()),
        criteria=_criteria(labels, predicted, lengths),
        head=_ranking("head", predicted.expected_score, good, seed),
        length=_ranking("length only", lengths, good, seed),
        good_share=float(good.mean()),
        high_share_labelled=float((scores >= HIGH_SCORE).mean()),
        high_share_predicted=float((predicted.quality_score >= HIGH_SCORE).mean()),
        mean_score_error=float(np.abs(predicted.quality_score - scores).mean()),
        calibration=_calibration(predicted.probabilities, labels),
        learning_curve=curve,
    )


def _criteria(
    labels: Flags, predicted: Predictions, lengths: Floats
) -> tuple[CriterionQuality, ...]:
    return tuple(
        CriterionQuality(
            criterion=name,
            labelled_share=float(labels[:, c].mean()),
            predicted_share=float(predicted.decisions[:, c].mean()),
            accuracy=float((predicted.decisions[:, c] == labels[:, c]).mean()),
            auc=area_under_curve(predicted.probabilities[:, c], labels[:, c]),
            auc_length=area_under_curve(lengths, labels[:, c]),
        )
        for c, name in enumerate(CRITERIA)
    )


def _ranking(name: str, scores: Floats, good: Flags, seed: int) -> RankingQuality:
    def precision(share: float) -> Interval:
        return with_interval(
            lambda s, g: precision_at_top(s, g, share), scores, good, rounds=ROUNDS, seed=seed
        )

    auc = with_interval(area_under_curve, scores, good, rounds=ROUNDS, seed=seed)
    return RankingQuality(name, auc, *map(precision, TOP_SHARES))


def _calibration(probabilities: Floats, labels: Flags) -> tuple[CalibrationBin, ...]:
    bins = np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)
    rows: list[CalibrationBin] = []
    for index in range(BINS):
        inside = bins == index
        n = int(inside.sum())
        means = (float(probabilities[inside].mean()), float(labels[inside].mean())) if n else None
        predicted, observed = means or (None, None)
        rows.append(CalibrationBin(index / BINS, (index + 1) / BINS, n, predicted, observed))
    return tuple(rows)


def _learning_curve(
    matrix: Any, labels: Flags, measured: Flags, fold_of: Ints, groups: Ints, seed: int
) -> tuple[LearningPoint, ...]:
    """Every fold predicted from a growing part of the other folds; decisions at one half."""
    _, group_of = np.unique(groups, return_inverse=True)
    n_groups = int(group_of.max()) + 1
    place = (np.random.default_rng(seed).permutation(n_groups)[group_of] + 1) / n_groups
    points: list[LearningPoint] = []
    for share in CURVE_SHARES:
        kept = place <= share
        if (kept & measured).sum() < 50:
            continue
        probabilities = out_of_fold(matrix, labels, fold_of, usable=kept)[measured]
        truth = labels[measured]
        accuracy = float(((probabilities >= 0.5) == truth).mean())
        auc = area_under_curve(probabilities.sum(axis=1), truth.sum(axis=1) >= GOOD_SCORE)
        n_folds = len(np.unique(fold_of))
        points.append(LearningPoint(int(kept.sum() * (n_folds - 1) / n_folds), accuracy, auc))
    return tuple(points)
