"""What goes out in Arena-Hard's form comes back the same."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from benchbuilder.judging.export import arena_hard_files
from benchbuilder.resources import demo_path
from benchbuilder.schemas import ANSWERS, JUDGMENTS, QUESTIONS
from benchbuilder.sources.answers import read_answers
from benchbuilder.sources.imports import import_benchmark
from benchbuilder.sources.judgments import read_judgments
from benchbuilder.sources.questions import read_questions


def test_the_demo_goes_out_and_comes_back(tmp_path: Path) -> None:
    folder = demo_path()
    questions = read_questions(folder / "questions.jsonl")
    answers = read_answers([folder / "answers.jsonl"])
    judgments = read_judgments([folder / "judgments.jsonl"])
    for file in arena_hard_files(questions, answers, judgments):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in file.rows), encoding="utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {
        "question.jsonl",
        "model_answer",
        "model_judgment",
    }
    counts = [
        (row["metadata"]["list_count"], a["lists"], a["ordered_lists"])
        for path in (tmp_path / "model_answer").iterdir()
        for row in map(json.loads, path.read_text().splitlines())
        for a in answers.to_pylist()
        if (a["question_id"], a["model"]) == (row["uid"], row["model"])
    ]
    assert any(ordered for _, _, ordered in counts)
    assert all((sum(c.values()), c["ordered"]) == (n, ordered) for c, n, ordered in counts)
    back = import_benchmark("arena-hard", [tmp_path])
    assert back.questions is not None and back.answers is not None and back.judgments is not None
    assert back.questions["text"].to_pylist() == questions["text"].to_pylist()
    keys = [("question_id", "ascending"), ("model", "ascending")]
    columns = ["question_id", "model", "text", "tokens", "lists", "ordered_lists", "code_blocks"]
    assert back.answers.select(columns).sort_by(keys) == answers.select(columns).sort_by(keys)
    keys += [("game", "ascending")]
    columns = ["question_id", "model", "baseline", "judge", "game", "answer_a", "verdict", "text"]
    assert back.judgments.select(columns).sort_by(keys) == judgments.select(columns).sort_by(keys)


def test_holes_and_names_with_slashes() -> None:
    questions = pa.Table.from_pylist([{"question_id": "q", "text": "?"}], schema=QUESTIONS.schema)
    answer = {"question_id": "q", "sample": 0, "status": "ok"}
    answers = pa.Table.from_pylist(
        [answer | {"model": "org1/x", "text": "yes"}, answer | {"model": "org2/x", "text": None}],
        schema=ANSWERS.schema,
    )
    game = {"question_id": "q", "model": "org1/x", "answer_sample": 0, "baseline": "b", "game": 2}
    game |= {"judge": "j", "judge_sample": 0, "answer_a": "org1/x", "answer_b": "b"}
    judgments = pa.Table.from_pylist([game | {"status": "refused"}], schema=JUDGMENTS.schema)
    files = {file.path: file.rows for file in arena_hard_files(questions, answers, judgments)}
    assert len(files["model_answer/org1__x.jsonl"]) == 1
    assert "model_answer/org2__x.jsonl" not in files
    (row,) = files["model_judgment/j/org1__x.jsonl"]
    assert row["games"] == [None, {"score": None, "judgment": {"answer": ""}}]
    assert (row["model"], row["category"]) == ("org1/x", "hard_prompt")
