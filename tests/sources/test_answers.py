"""Answers files of several tools, and what follows from an answer's text."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchbuilder.errors import InputError
from benchbuilder.resources import demo_path
from benchbuilder.schemas import ANSWERS
from benchbuilder.sources.answers import answer_columns, one_answer_each, read_answers
from benchbuilder.sources.questions import read_questions


def _write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_demo_answers_are_read_whole() -> None:
    answers = read_answers([demo_path() / "answers.jsonl"])
    assert answers.schema == ANSWERS.schema
    assert answers.num_rows == 420
    assert len(set(answers["model"].to_pylist())) == 7
    assert Counter(answers["status"].to_pylist()) == {"ok": 365, "truncated": 55}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"question_id": "q", "model": "m", "text": "Yes."}, {"text": "Yes.", "status": "ok"}),
        (
            {  # Arena-Hard 0.1
                "question_id": "q",
                "model_id": "m",
                "choices": [{"index": 0, "turns": [{"content": "Yes."}]}],
            },
            {"text": "Yes."},
        ),
        (
            {  # several turns
                "question_id": "q",
                "model_id": "m",
                "choices": [{"index": 0, "turns": [{"content": "Yes."}, {"content": "No."}]}],
            },
            {"text": "(turn 1)\nYes.\n\n(turn 2)\nNo."},
        ),
        (
            {  # Arena-Hard 2.0
                "uid": "q",
                "model": "m",
                "messages": [
                    {"role": "user", "content": "Why?"},
                    {"role": "assistant", "content": {"answer": "Yes.", "thought": "hm"}},
                ],
            },
            {"text": "Yes.", "thinking": "hm"},
        ),
        (
            {
                "uid": "q",
                "model": "m",
                "messages": [{"role": "assistant", "content": {"answer": "a", "thinking": "hm"}}],
            },
            {"text": "a", "thinking": "hm"},
        ),
        (
            {"uid": "q", "model": "m", "messages": [{"role": "assistant", "content": "Yes."}]},
            {"text": "Yes."},
        ),
        (
            {
                "question_id": "q",
                "model": "m",
                "choices": [{"index": 0, "turns": [{"content": "$ERROR$"}]}],
            },
            {"text": None, "status": "server_error", "tokens": None},
        ),
        (
            {"question_id": "q", "model": "m", "text": "Ye", "finish_reason": "length"},
            {"text": "Ye", "status": "truncated"},
        ),
        (
            {"question_id": "q", "model": "m", "text": None, "status": "timeout"},
            {"text": None, "status": "timeout", "headers": None},
        ),
    ],
)
def test_other_forms(tmp_path: Path, row: dict[str, Any], expected: dict[str, Any]) -> None:
    (found,) = read_answers([_write(tmp_path / "a.jsonl", row)]).to_pylist()
    assert found == {**found, "question_id": "q", "model": "m", "sample": 0, **expected}


def test_alpaca_eval_outputs_find_their_question_by_its_text(tmp_path: Path) -> None:
    questions = read_questions(
        _write(tmp_path / "q.jsonl", {"question_id": "q", "text": "Name a colour. "})
    )
    outputs = [
        {"instruction": "Name a colour.", "output": "Red", "generator": "m"},
        {"instruction": "Something else", "output": "x", "generator": "m"},
    ]
    path = tmp_path / "model_outputs.json"
    path.write_text(json.dumps(outputs), encoding="utf-8")
    assert read_answers([path], questions)["question_id"].to_pylist() == ["q", "Something else"]


def test_choices_are_samples(tmp_path: Path) -> None:
    choices = [{"index": n, "turns": [{"content": f"a{n}"}]} for n in range(3)]
    row = {"question_id": "q", "model_id": "m", "choices": choices}
    answers = read_answers([_write(tmp_path / "a.jsonl", row)])
    assert answers["sample"].to_pylist() == [0, 1, 2]


def test_a_choice_without_a_number_has_its_place(tmp_path: Path) -> None:
    choices = [{"index": "first", "turns": [{"content": "a"}]}, {"turns": [{"content": "b"}]}]
    row = {"question_id": "q", "model": "m", "choices": choices}
    answers = read_answers([_write(tmp_path / "a.jsonl", row)])
    assert answers["sample"].to_pylist() == [0, 1]


def test_files_are_read_in_order_and_our_own_parquet_comes_back(tmp_path: Path) -> None:
    one = _write(tmp_path / "1.jsonl", {"question_id": "q", "model": "org1/x", "text": "# a\n- b"})
    two = _write(tmp_path / "2.jsonl", {"question_id": "q", "model": "org2/x", "text": "c"})
    answers = read_answers([two, one])
    assert answers["model"].to_pylist() == ["org2/x", "org1/x"]
    pq.write_table(answers, tmp_path / "answers.parquet")
    assert read_answers([tmp_path / "answers.parquet"]) == answers


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"text": "<think>hm</think>Yes."}, ("Yes.", "hm", "ok")),
        ({"text": "<think>hm"}, (None, "hm", "reasoning_only")),
        ({"text": "<think>hm", "finish_reason": "length"}, (None, "hm", "reasoning_only")),
        ({"text": " \n"}, (None, None, "empty")),
        ({"text": None, "finish_reason": "content_filter"}, (None, None, "content_filter")),
        ({"text": "I will not.", "status": "refused"}, ("I will not.", None, "refused")),
    ],
)
def test_status_and_thinking(given: dict[str, Any], expected: tuple[str, str, str]) -> None:
    found = answer_columns(given.pop("text"), **given)
    assert (found["text"], found["thinking"], found["status"]) == expected


def test_repeated_answers_need_a_rule(tmp_path: Path) -> None:
    rows = [{"question_id": "q", "model": "m", "text": text} for text in ("a", "b", "c")]
    answers = read_answers([_write(tmp_path / "a.jsonl", *rows)])
    with pytest.raises(InputError, match="1 answers are there more than once: m on q"):
        one_answer_each(answers)
    assert one_answer_each(answers, "first")["text"].to_pylist() == ["a"]
    assert one_answer_each(answers, "last")["text"].to_pylist() == ["c"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"question_id": "q", "text": "a"}, "without a model"),
        ({"model": "m", "text": "a"}, "without question_id"),
        ({"question_id": "q", "model": "m"}, "without text"),
        ({"question_id": "q", "model": "m", "text": 3}, "expected text"),
        ({"question_id": "q", "model": "m", "choices": ["a"]}, "choices with turns"),
        ({"question_id": "q", "model": "m", "choices": 5}, "a list of choices"),
        ({"question_id": "q", "model": "m", "messages": []}, "messages with content"),
    ],
)
def test_what_cannot_be_an_answer(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=rf"a\.jsonl:1: .*{message}"):
        read_answers([_write(tmp_path / "a.jsonl", row)])
