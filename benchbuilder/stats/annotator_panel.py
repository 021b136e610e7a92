"""Several annotators together: how far they agree, and each of them against the others' majority.

Krippendorff's α needs no fixed pair of annotators: every prompt may have been labelled by others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from benchbuilder.schemas import CRITERIA
from benchbuilder.stats.annotators import AnnotatorAgreement, Label, compare_annotators
from benchbuilder.stats.judge_agreement import krippendorff_alpha

Labels = Mapping[str, Mapping[str, Label]]  # annotator -> prompt -> label


@dataclass(frozen=True)
class CriterionPanel:
    """All pairs of annotators on one criterion; ``alpha`` is null where all values are the same."""

    criterion: str
    pairs: int  # of labels of the same prompt
    percent: float | None  # of pairs that are equal
    alpha: float | None


@dataclass(frozen=True)
class PanelAgreement:
    """Annotators of the same prompts; ``prompts`` counts those with two or more.

    ``overall`` is the share of equal pairs over all criteria, ``alpha_score`` the agreement on the
    number of criteria (interval scale). ``against_majority``: each annotator with the majority of
    at least three others.
    """

    annotators: tuple[str, ...]
    prompts: int
    criteria: tuple[CriterionPanel, ...]
    overall: float | None
    alpha_score: float | None
    against_majority: tuple[AnnotatorAgreement, ...]


OTHERS = 3
"""So many others make the majority that an annotator is held against (an odd number: no ties)."""


def panel_agreement(labels: Labels) -> PanelAgreement | None:
    """The agreement of all annotators; None where no prompt has two."""
    names = sorted(labels)
    seen: dict[str, int] = {}
    for name in names:
        for prompt in labels[name]:
            seen[prompt] = seen.get(prompt, 0) + 1
    shared = sorted(prompt for prompt, count in seen.items() if count > 1)
    if not shared:
        return None
    criteria = tuple(_on_criterion(labels, names, shared, criterion) for criterion in CRITERIA)
    pairs = sum(c.pairs for c in criteria)
    equal = sum(round((c.percent or 0.0) * c.pairs) for c in criteria)
    return PanelAgreement(
        tuple(names),
        len(shared),
        criteria,
        equal / pairs if pairs else None,
        _alpha_of_scores(labels, names, shared),
        tuple(
            agreement for name in names if (agreement := against_majority(labels, name)) is not None
        ),
    )


def against_majority(labels: Labels, annotator: str) -> AnnotatorAgreement | None:
    """An annotator against the majority of three others; None where no prompt has so many.

    Where a prompt has more than three others, the first three by name count. A criterion that one
    of the three left open has no majority of three and is left out.
    """
    others = [name for name in sorted(labels) if name != annotator]
    majorities: dict[str, Label] = {}
    for prompt in labels[annotator]:
        ballots = [labels[name][prompt] for name in others if prompt in labels[name]][:OTHERS]
        if len(ballots) == OTHERS:
            majorities[prompt] = {c: majority(b[c] for b in ballots) for c in CRITERIA}
    if not majorities:
        return None
    names = (annotator, f"majority of {OTHERS} others")
    return compare_annotators(labels[annotator], majorities, names=names)


def majority(ballots: Iterable[bool | None]) -> bool | None:
    """What more than half say; None on a tie, or where a ballot is missing."""
    values = list(ballots)
    if None in values or not values:
        return None
    yes = sum(bool(value) for value in values)
    return None if 2 * yes == len(values) else 2 * yes > len(values)


def _on_criterion(
    labels: Labels, names: list[str], prompts: list[str], criterion: str
) -> CriterionPanel:
    values = np.array(
        [
            [_number(labels[name].get(prompt, {}).get(criterion)) for prompt in prompts]
            for name in names
        ]
    )
    pairs = equal = 0
    for left, right in combinations(values, 2):
        known = ~np.isnan(left) & ~np.isnan(right)
        pairs += int(known.sum())
        equal += int((left[known] == right[known]).sum())
    percent = equal / pairs if pairs else None
    return CriterionPanel(criterion, pairs, percent, krippendorff_alpha(values, "nominal"))


def _alpha_of_scores(labels: Labels, names: list[str], prompts: list[str]) -> float | None:
    scores = np.full((len(names), len(prompts)), np.nan)
    for row, name in enumerate(names):
        for column, prompt in enumerate(prompts):
            label = labels[name].get(prompt)
            if label is not None and None not in label.values():
                scores[row, column] = sum(bool(label[c]) for c in CRITERIA)
    return krippendorff_alpha(scores, "interval")


def _number(value: bool | None) -> float:
    return np.nan if value is None else float(value)
