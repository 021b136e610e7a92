"""Selections and scores in every form that names prompts."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchbuilder.errors import InputError
from benchbuilder.sources.selections import best, read_quality_scores, read_selection


def write(folder: Path, name: str, rows: list[dict[str, object]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), folder / name)
    return folder / name


def test_a_selection_is_read_from_tables_text_and_folders(tmp_path: Path) -> None:
    marked = [
        {"prompt_id": "a", "selected": True},
        {"prompt_id": "b", "selected": False},
        {"prompt_id": "c", "selected": True},
    ]
    assert read_selection(write(tmp_path, "selection.parquet", marked)) == ["a", "c"]
    text = tmp_path / "ids.txt"
    text.write_text("b\n a \n")
    assert read_selection(text) == ["b", "a"]
    write(tmp_path, "questions.parquet", [{"question_id": "q", "text": "Why?"}])
    assert read_selection(tmp_path) == ["q"]


def test_csv_holds_texts(tmp_path: Path) -> None:
    path = tmp_path / "chosen.csv"
    path.write_text("prompt_id,selected,quality_score,p_complexity\na,true,5,0.25\nb,False,,\n")
    assert read_selection(path) == ["a"]
    assert read_quality_scores(path) == {"a": (5.0, 0.25)}


def test_nothing_selected_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, "selection.parquet", [{"prompt_id": "b", "selected": False}])
    with pytest.raises(InputError, match="selects no prompt"):
        read_selection(path)


def test_scores_with_their_tie_break(tmp_path: Path) -> None:
    rows = [
        {"prompt_id": "a", "quality_score": 5, "p_complexity": 0.2, "p_creativity": 0.3},
        {"prompt_id": "a", "quality_score": 1, "p_complexity": 0.0, "p_creativity": 0.0},
        {"prompt_id": "b", "quality_score": 5, "p_complexity": 0.9, "p_creativity": 0.3},
        {"prompt_id": "c", "quality_score": None, "p_complexity": None, "p_creativity": None},
        {"prompt_id": "d", "quality_score": 6, "p_complexity": 0.1, "p_creativity": None},
    ]
    scores = read_quality_scores(write(tmp_path, "annotations.parquet", rows))
    assert scores == {"a": (5, 0.5), "b": (5, pytest.approx(1.2)), "d": (6, 0.1)}
    assert best(scores, 2) == ["d", "b"]
    with pytest.raises(InputError, match="holds no score"):
        read_quality_scores(write(tmp_path, "x.parquet", [{"prompt_id": "a"}]))
