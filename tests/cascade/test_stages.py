"""The annotate stage with a cascade, two stages and a panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from pydantic import ValidationError

from benchbuilder.cascade.stages import passing
from benchbuilder.distilled.decisions import Predictions, decide
from benchbuilder.errors import ConfigError
from benchbuilder.llm.types import Accept, Completion, Request
from benchbuilder.observe import Silent
from benchbuilder.resources import template_path
from benchbuilder.schemas import CLUSTERS, CRITERIA
from benchbuilder.settings import AnnotateSettings, CascadeSettings, FirstSettings
from benchbuilder.stages.annotate import annotate

TEMPLATE = template_path("annotate").read_text(encoding="utf-8")
NO_VECTORS = pa.table({"prompt_id": pa.array([], pa.string())})


def prompts(count: int) -> list[pa.RecordBatch]:
    """Prompt n says "hard" where n is a multiple of 5; two batches."""
    rows = [
        {
            "prompt_id": f"p{n:03d}",
            "system": None,
            "text": f"question {n} {'hard ' * 12 if n % 5 == 0 else ''}",
        }
        for n in range(count)
    ]
    return pa.Table.from_pylist(rows).to_batches(max_chunksize=max(1, count // 2))


class Model:
    """Answers with six criteria where the prompt says "hard", else with one."""

    def __init__(self, hard: int = 6) -> None:
        self.asked: list[str] = []
        self.hard = hard

    def __call__(self, requests: Sequence[Request], *, accept: Accept) -> list[Completion]:
        self.asked += [request.id for request in requests]
        return [Completion(r.id, "ok", self.answer(r.messages[-1]["content"])) for r in requests]

    def answer(self, shown: str) -> str:
        return str(list(range(1, 1 + (self.hard if "hard hard" in shown else 1))))


class LengthHead:
    """Believes in long prompts."""

    encoder = None

    def annotate(self, texts: Sequence[str], vectors: npt.NDArray[Any] | None) -> Predictions:
        believed = np.array([[0.8 if len(text) > 40 else 0.1] * 7 for text in texts])
        return decide(believed, np.arange(0.5, 7.5))


def rows(batches: list[pa.RecordBatch], *more: Any, **given: Any) -> list[dict[str, Any]]:
    parts = annotate(iter(batches), NO_VECTORS, *more, template=TEMPLATE, **given)
    return [row for _, part in parts for row in part.to_pylist()]


def cascade(**values: Any) -> AnnotateSettings:
    return AnnotateSettings(annotator="m", cascade=CascadeSettings(enabled=True, **values))


def test_a_cascade_asks_the_promising_and_keeps_the_order_of_the_input() -> None:
    model, observe = Model(), Silent()
    found = rows(
        prompts(200),
        settings=cascade(max_share=0.3, audit_share=0.1),
        head=LengthHead(),
        complete=model,
        needed=None,
        observe=observe,
    )
    assert [row["prompt_id"] for row in found] == [f"p{n:03d}" for n in range(200)]
    assert len(model.asked) == len(set(model.asked)) == 60
    assert observe.figures["statuses"] == {"not_asked": 140, "ok": 60}
    assert sum(row["quality_score"] == 6 for row in found) == 40
    unasked = [row for row in found if row["status"] == "not_asked"]
    assert {row[c] for row in unasked for c in ("quality_score", *CRITERIA)} == {None}
    assert all(row["p_technical_accuracy"] < 0.5 for row in unasked)
    assert observe.figures["cascade"]["found"] == 40


def test_the_order_of_the_rows_changes_no_question() -> None:
    def asked(batches: list[pa.RecordBatch]) -> set[str]:
        model = Model()
        rows(batches, settings=cascade(), head=LengthHead(), complete=model, observe=Silent())
        return set(model.asked)

    table = pa.Table.from_batches(prompts(150))
    turned = table.take(pa.array(range(149, -1, -1))).to_batches(max_chunksize=40)
    assert asked(turned) == asked(table.to_batches())


def test_a_cascade_needs_a_model() -> None:
    with pytest.raises(ConfigError, match="asks a language model"):
        rows(prompts(3), settings=cascade(), head=LengthHead(), observe=Silent())


def test_no_prompts_are_no_rows() -> None:
    given: dict[str, Any] = {"head": LengthHead(), "complete": Model(), "observe": Silent()}
    assert rows([], settings=cascade(), **given) == []


def test_a_panel_reads_every_prompt_under_its_own_names() -> None:
    settings = AnnotateSettings(annotator="m", panel=("strict", "local"))
    panel = {"strict": Model(hard=4), "local": LengthHead()}
    found = rows(prompts(10), settings=settings, complete=Model(), panel=panel, observe=Silent())
    scores = {(row["annotator"], row["prompt_id"]): row["quality_score"] for row in found}
    assert len(found) == len(scores) == 30
    assert [scores[name, "p005"] for name in ("m", "strict", "local")] == [6, 4, 6]


def test_the_second_stage_reads_what_passed_the_first() -> None:
    batches = prompts(20)
    topics = [
        {"prompt_id": f"p{n:03d}", "topic_id": int(n >= 10), "probability": 1.0} for n in range(20)
    ]
    strong, observe = Model(), Silent()
    settings = AnnotateSettings(
        annotator="strong", first=FirstSettings(annotator="cheap", min_score=5, min_cluster_score=2)
    )
    found = rows(
        batches,
        pa.Table.from_pylist(topics, schema=CLUSTERS.schema),
        settings=settings,
        complete=strong,
        first=Model(),
        observe=observe,
    )
    assert strong.asked == ["p000", "p005", "p010", "p015"]
    assert observe.figures["statuses"] == {"not_asked": 16, "ok": 24}
    assert observe.notes == ["cheap read 20 prompts; 4 pass on to strong"]
    assert {row["annotator"] for row in found if row["status"] == "not_asked"} == {"strong"}


def test_who_passes_by_hand() -> None:
    """Topic 0: 7 5 3, mean 5. Topic 1: 6 1, mean 3.5. A failed prompt neither passes nor counts."""
    scores = {"a": 7, "b": 5, "c": 3, "d": 6, "e": 1, "lost": None}
    topics = {"a": 0, "b": 0, "c": 0, "d": 1, "e": 1, "lost": 1}
    assert passing(scores, topics, FirstSettings(min_cluster_score=4)) == {"a", "b"}
    assert passing(scores, topics, FirstSettings(min_cluster_score=None)) == {"a", "b", "d"}
    assert passing(scores, topics, FirstSettings(min_cluster_score=3.5)) == {"a", "b", "d"}


def test_settings_that_contradict_each_other() -> None:
    with pytest.raises(ValidationError, match="exclude each other"):
        AnnotateSettings(
            annotator="m",
            first=FirstSettings(annotator="cheap"),
            cascade=CascadeSettings(enabled=True),
        )
    with pytest.raises(ValidationError, match="an annotator is named twice"):
        AnnotateSettings(annotator="m", panel=("m",))
