"""How far do annotators of the seven criteria agree? Per criterion and on the score.

Percent agreement and Cohen's κ = (p_o − p_e) / (1 − p_e), p_e from each annotator's own rates
(Cohen 1960). A label that is null on either side is left out of its criterion and counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchbuilder.schemas import CRITERIA

Label = Mapping[str, bool | None]


@dataclass(frozen=True)
class CriterionAgreement:
    """Two annotators on one criterion; ``kappa`` is null where both always say the same."""

    criterion: str
    n: int
    left_out: int
    percent: float | None
    kappa: float | None


@dataclass(frozen=True)
class AnnotatorAgreement:
    """Two annotators on the prompts that both labelled."""

    left: str
    right: str
    prompts: int
    criteria: tuple[CriterionAgreement, ...]
    overall: float | None  # share of equal single labels
    same_score: float | None  # share of prompts with the same number of criteria
    score_within_one: float | None


def compare_annotators(
    left: Mapping[str, Label], right: Mapping[str, Label], *, names: tuple[str, str]
) -> AnnotatorAgreement:
    """Agreement on the ids that both label; each label maps criteria to True, False or null."""
    both = sorted(left.keys() & right.keys())
    criteria = tuple(_on_criterion(c, [(left[i][c], right[i][c]) for i in both]) for c in CRITERIA)
    labels = sum(c.n for c in criteria)
    equal = sum(round((c.percent or 0.0) * c.n) for c in criteria)
    scores = [
        (a, b)
        for i in both
        if (a := _score(left[i])) is not None and (b := _score(right[i])) is not None
    ]
    return AnnotatorAgreement(
        *names,
        len(both),
        criteria,
        equal / labels if labels else None,
        sum(a == b for a, b in scores) / len(scores) if scores else None,
        sum(abs(a - b) <= 1 for a, b in scores) / len(scores) if scores else None,
    )


def _on_criterion(
    criterion: str, pairs: Sequence[tuple[bool | None, bool | None]]
) -> CriterionAgreement:
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    n = len(known)
    if not n:
        return CriterionAgreement(criterion, 0, len(pairs), None, None)
    observed = sum(a == b for a, b in known) / n
    rate_a, rate_b = sum(a for a, _ in known) / n, sum(b for _, b in known) / n
    chance = rate_a * rate_b + (1 - rate_a) * (1 - rate_b)
    kappa = None if chance == 1 else (observed - chance) / (1 - chance)
    return CriterionAgreement(criterion, n, len(pairs) - n, observed, kappa)


def _score(label: Label) -> int | None:
    values = [label[criterion] for criterion in CRITERIA]
    return None if None in values else sum(bool(value) for value in values)
