from __future__ import annotations

from pathlib import Path

import pytest

from benchbuilder.schemas import CRITERIA
from benchbuilder.sources.labels import read_labels
from benchbuilder.stats.annotator_panel import Labels, against_majority, majority, panel_agreement
from benchbuilder.stats.annotators import Label


def label(score: int) -> Label:
    return {c: place < score for place, c in enumerate(CRITERIA)}


def test_a_majority_is_more_than_half() -> None:
    assert majority([True, True, False]) is True
    assert majority([True, False]) is None
    assert majority([True, True, None]) is None
    assert majority([]) is None


def test_one_annotator_or_no_shared_prompt_gives_nothing() -> None:
    assert panel_agreement({"a": {"p": label(3)}}) is None
    assert panel_agreement({"a": {"p": label(3)}, "b": {"q": label(3)}}) is None


def test_pairs_and_alpha_by_hand() -> None:
    """a and b on four prompts; they differ on the first criterion of one.

    α of the first criterion: D_o = 1/4 of the pairs; values 5 yes, 3 no: D_e = 2·5·3/(8·7).
    """
    left = {"1": label(1), "2": label(1), "3": label(0), "4": label(1)}
    panel = panel_agreement({"a": left, "b": left | {"4": label(0)}})
    assert panel is not None
    assert panel.prompts == 4
    assert (panel.criteria[0].pairs, panel.criteria[0].percent) == (4, 0.75)
    assert panel.criteria[0].alpha == pytest.approx(1 - 0.25 / (2 * 5 * 3 / 56))
    assert panel.criteria[6].alpha is None  # nobody ever said yes
    assert panel.overall == pytest.approx(27 / 28)
    assert panel.against_majority == ()


def test_each_annotator_is_held_against_three_others() -> None:
    labels: Labels = {
        "a": {"p": label(7), "q": label(7)},
        **{name: {"p": label(7)} for name in "bcd"},
        "e": {"q": label(7)},
    }
    agreement = against_majority(labels, "e")
    assert agreement is None  # q has one other only
    agreement = against_majority(labels, "a")
    assert agreement is not None
    assert (agreement.prompts, agreement.overall) == (1, 1.0)
    assert agreement.right == "majority of 3 others"


def test_the_double_labelled_prompts(shared: Path) -> None:
    table = read_labels(shared / "data" / "labels" / "criteria_test.parquet")
    labels: dict[str, dict[str, Label]] = {}
    for row in table.to_pylist():
        labels.setdefault(row["annotator"], {})[row["id"]] = {c: row[c] for c in CRITERIA}
    panel = panel_agreement(labels)
    assert panel is not None
    assert panel.prompts == 100
    assert panel.overall == pytest.approx(654 / 700)
    alphas = {c.criterion: round(c.alpha or 0, 2) for c in panel.criteria}
    assert alphas == {
        "specificity": 0.88,
        "domain_knowledge": 0.82,
        "complexity": 0.78,
        "problem_solving": 0.76,
        "creativity": 0.82,
        "technical_accuracy": 0.86,
        "real_world": 0.94,
    }
