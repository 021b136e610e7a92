"""Question sets in the forms that people have."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchbuilder.errors import InputError
from benchbuilder.resources import demo_path
from benchbuilder.schemas import QUESTIONS
from benchbuilder.sources.questions import read_questions


def _write(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_demo_questions_are_read_whole() -> None:
    questions = read_questions(demo_path() / "questions.jsonl")
    assert questions.schema == QUESTIONS.schema
    assert questions.num_rows == 60
    assert len(set(questions["question_id"].to_pylist())) == 60
    assert set(questions["category"].to_pylist()) == {"hard"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"question_id": "q", "text": "Why?"}, {"text": "Why?", "turns": None}),
        (
            {"uid": "q", "prompt": "Why?", "category": "hard_prompt", "subcategory": "coding"},
            {"text": "Why?", "category": "hard_prompt", "topic": "coding"},
        ),
        (
            {"question_id": 81, "cluster": "ABC", "turns": [{"content": "Why?"}]},
            {"question_id": "81", "text": "Why?", "topic": "ABC", "turns": None},
        ),
        (
            {"question_id": "q", "turns": ["Why?", "And then?"]},
            {"text": "Why?", "turns": ["Why?", "And then?"]},
        ),
        ({"prompt_id": "q", "text": "Cut \ud83d"}, {"text": "Cut ?"}),
    ],
)
def test_other_forms(tmp_path: Path, row: dict[str, object], expected: dict[str, object]) -> None:
    found = read_questions(_write(tmp_path / "q.jsonl", row)).to_pylist()[0]
    assert found == {**found, "question_id": "q", **expected}


def test_a_run_folder_stands_for_its_questions(tmp_path: Path) -> None:
    questions = read_questions(_write(tmp_path / "q.jsonl", {"question_id": "q", "text": "Why?"}))
    run = tmp_path / "run"
    run.mkdir()
    pq.write_table(questions, run / "questions.parquet")
    (run / "notes.jsonl").write_text("{}\n")
    assert read_questions(run) == questions


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"question_id": "q", "text": "a"}, {"question_id": "q", "text": "b"}], ":2: .*line 1"),
        ([{"text": "a"}], ":1: expected an id in question_id or uid"),
        ([{"question_id": "q", "text": " "}], "without text"),
        ([{"question_id": "q"}], "without text"),
        ([{"question_id": "q", "turns": "a"}], "expected a list of turns"),
        ([{"question_id": "q", "turns": [{"content": ["What?", ["a.png"]]}]}], "images"),
    ],
)
def test_what_cannot_be_a_question(
    tmp_path: Path, rows: list[dict[str, object]], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_questions(_write(tmp_path / "q.jsonl", *rows))


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"question_id": "q", "text": "a"}\n{"question_id": \n', encoding="utf-8")
    with pytest.raises(InputError, match=r"q\.jsonl:2: not JSON"):
        read_questions(path)
