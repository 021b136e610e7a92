"""AlpacaEval's outputs and annotations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchbuilder.errors import InputError
from benchbuilder.sources.imports import Imported, import_benchmark
from benchbuilder.sources.imports.alpaca_eval import question_id

ROW = {
    "instruction": "Name a colour.",
    "output_1": "Blue",
    "generator_1": "base",
    "output_2": "- **Red**",
    "generator_2": "m",
    "dataset": "helpful_base",
    "annotator": "j",
}


def _read(tmp_path: Path, *rows: dict[str, Any]) -> Imported:
    path = tmp_path / "annotations.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return import_benchmark("alpaca-eval", [path])


@pytest.mark.parametrize(
    ("preference", "raw", "game", "verdict", "share"),
    [
        (2.0, "m", 2, "A>B", 1.0),  # the first one shown won, and the model won
        (2.0, "M", 1, "B>A", 1.0),
        (1.0, "m", 1, "A>B", 0.0),
        (1.0, {"text": "M"}, 2, "B>A", 0.0),
        (1.25, "m", 1, "A>B", 0.25),
        (1.5, None, 1, "A=B", 0.5),
        (0.0, None, 1, "A=B", 0.5),
        (2.0, None, 1, "B>A", 1.0),
    ],
)
def test_preferences(
    tmp_path: Path, preference: float, raw: Any, game: int, verdict: str, share: float
) -> None:
    found = _read(tmp_path, ROW | {"preference": preference, "raw_completion": raw})
    assert found.judgments is not None
    (row,) = found.judgments.to_pylist()
    assert (row["game"], row["verdict"], row["preference"]) == (game, verdict, share)
    assert row["answer_a"] == ("m" if game == 2 else "base")
    assert (row["detail"] is None) == (raw is not None)


def test_questions_and_answers_come_with_the_annotations(tmp_path: Path) -> None:
    found = _read(tmp_path, ROW | {"preference": None})
    assert found.questions is not None and found.answers is not None
    assert found.questions["question_id"].to_pylist() == [question_id("Name a colour.")]
    assert found.questions["category"].to_pylist() == ["helpful_base"]
    assert found.answers.select(["model", "text", "lists", "bold"]).to_pylist() == [
        {"model": "base", "text": "Blue", "lists": 0, "bold": 0},
        {"model": "m", "text": "- **Red**", "lists": 1, "bold": 1},
    ]
    assert found.notes == ("1 game without a verdict: no preference in the file",)


def test_model_outputs_alone(tmp_path: Path) -> None:
    found = _read(tmp_path, {"instruction": "Hi", "output": "Hello", "generator": "m"})
    assert found.judgments is None
    assert found.answers is not None and found.answers["model"].to_pylist() == ["m"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"output": "x"}, "expected an instruction"),
        (ROW | {"preference": 3}, "a preference from 1 to 2"),
        ({"instruction": "x", "preference": 1}, "expected generator_2"),
    ],
)
def test_what_is_not_alpaca_eval(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        _read(tmp_path, row)
