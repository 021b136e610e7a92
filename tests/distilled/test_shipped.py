"""The shipped heads against the labels they were trained on and those they never saw."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchbuilder.distilled.head import load_head
from benchbuilder.distilled.quality import evaluate
from benchbuilder.distilled.training import train_head

TOOL = Path(__file__).parents[2] / "tools" / "train_heads.py"


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    return runpy.run_path(str(TOOL))


@pytest.fixture(scope="module")
def training(tool: dict[str, Any], shared: Path) -> tuple[list[Any], int]:
    prompts = shared / "data" / "prompts"
    licensed = tool["read_table"](shared / "data" / "labels" / "criteria_licensed.parquet", prompts)
    return licensed + tool["read_demo"](shared / "demo"), len(licensed)


@pytest.mark.slow
def test_the_surface_head_is_what_the_tool_makes(
    tool: dict[str, Any], training: tuple[list[Any], int]
) -> None:
    rows, n_licensed = training
    texts, labels = tool["columns"](rows)
    made = train_head(
        texts,
        labels,
        None,
        encoder=None,
        seed=tool["SEED"],
        sources=tool["count_sources"](rows),
        reference=np.arange(len(rows)) < n_licensed,
        natural=np.array([row.source == tool["NATURAL"] for row in rows]),
    )
    shipped = load_head("surface")
    assert (made.sources, made.labels) == (shipped.sources, shipped.labels)
    for ours, theirs in zip(
        (made.surface, made.ngrams, made.intercepts, made.score_cuts),
        (shipped.surface, shipped.ngrams, shipped.intercepts, shipped.score_cuts),
        strict=True,
    ):
        np.testing.assert_allclose(ours, theirs, atol=5e-3)


def test_the_surface_head_on_labels_it_never_saw(
    tool: dict[str, Any], training: tuple[list[Any], int], shared: Path
) -> None:
    """The figures of docs/annotator.md."""
    labelled = tool["read_table"](
        shared / "data" / "labels" / "criteria_test.parquet", shared / "data" / "prompts"
    )
    test = tool["unseen"](labelled, training[0])
    assert len(test) == 1_556
    quality = evaluate(load_head("surface"), *tool["columns"](test), None)
    assert quality.beats_length()
    assert quality.accuracy == pytest.approx(0.769, abs=0.001)
    assert quality.head.auc.value == pytest.approx(0.888, abs=0.001)
    assert quality.length.auc.value == pytest.approx(0.830, abs=0.001)
    assert quality.high_share_predicted == pytest.approx(0.107, abs=0.002)
