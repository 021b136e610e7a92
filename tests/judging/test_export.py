"""What goes out in Arena-Hard's form comes back the same, and has what its own scripts ask for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.judging.arena_hard_rows import V01, V2, RowForms
from benchbuilder.judging.export import arena_hard_files
from benchbuilder.resources import demo_path
from benchbuilder.schemas import ANSWERS, JUDGMENTS, QUESTIONS
from benchbuilder.sources.answers import read_answers
from benchbuilder.sources.imports import import_benchmark
from benchbuilder.sources.judgments import read_judgments
from benchbuilder.sources.questions import read_questions
from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.win_rate import win_rates

#: What a file's rows must hold, by version: each name and the type of its value. Their style
#: control takes the first of the counts as the length, so the order is part of the shape.
COUNTS = {"token_len": int, "header_count": dict, "list_count": dict, "bold_count": dict}
QUESTION = {
    V2: {"uid": str, "category": str, "subcategory": str, "prompt": str},
    V01: {"question_id": str, "category": str, "cluster": str, "turns": list},
}
ANSWER = {
    V2: {"uid": str, "ans_id": str, "model": str, "messages": list, "metadata": COUNTS},
    V01: {"question_id": str, "answer_id": str, "model_id": str, "choices": list,
          "conv_metadata": COUNTS},
}  # fmt: skip
JUDGMENT = {
    V2: {"uid": str, "category": str, "judge": str, "model": str, "baseline": str, "games": list},
    V01: {"question_id": str, "judge": str, "model": str, "games": list},
}
#: What a verdict says for side A, and how often it counts.
WORTH = {"A>>B": (1.0, 3), "A>B": (1.0, 1), "A=B": (0.5, 1), "B>A": (0.0, 1), "B>>A": (0.0, 3)}


def demand_shape(row: dict[str, Any], shape: dict[str, Any]) -> None:
    for name, kind in shape.items():
        if isinstance(kind, dict):
            assert list(row[name]) == list(kind)
            demand_shape(row[name], kind)
        else:
            assert isinstance(row[name], kind), name


@pytest.mark.parametrize("forms", [V2, V01], ids=["2.0", "0.1"])
def test_the_fields_that_their_scripts_read(forms: RowForms) -> None:
    folder = demo_path()
    exported = arena_hard_files(
        read_questions(folder / "questions.jsonl"),
        read_answers([folder / "answers.jsonl"]),
        judgments := read_judgments([folder / "judgments.jsonl"]),
        forms,
    )
    shapes: dict[str, Any] = {
        "question.jsonl": QUESTION,
        "model_answer": ANSWER,
        "model_judgment": JUDGMENT,
    }
    scores: dict[str, float] = {}
    for path, rows in exported:
        for row in rows:
            demand_shape(row, shapes[path.split("/")[0]][forms])
        if path == "question.jsonl" and forms is V2:  # no other category is shown without an edit
            assert {row["category"] for row in rows} == {"hard_prompt"}
        elif path.startswith("model_answer") and forms is V2:
            assert all(isinstance(row["messages"][-1]["content"]["answer"], str) for row in rows)
        elif path.startswith("model_answer"):
            turns = [row["choices"][0]["turns"] for row in rows]
            assert all(isinstance(turn["content"], str) for (turn,) in turns)
        elif path.startswith("model_judgment"):
            counted = [
                (score if game else 1 - score, weight)  # the model is on side B in the first game
                for row in rows
                for game in (0, 1)
                for score, weight in [WORTH[row["games"][game]["score"]]]
            ]
            total = sum(weight for _, weight in counted)
            scores[rows[0]["model"]] = sum(score * weight for score, weight in counted) / total
    ours = win_rates(build_battles(judgments, baseline="demo-baseline"))
    assert scores == pytest.approx(dict(zip(ours.models, ours.win_rate, strict=True)), abs=1e-12)


def test_a_category_that_has_its_own_baseline_there_stays() -> None:
    rows = [
        {"question_id": name, "text": "?", "category": name}
        for name in ("creative_writing", "hard_prompt", "law")
    ]
    questions = pa.Table.from_pylist(rows, schema=QUESTIONS.schema)
    (file,) = arena_hard_files(questions)
    assert [(row["category"], row["subcategory"]) for row in file.rows] == [
        ("creative_writing", "creative_writing"),
        ("hard_prompt", "hard_prompt"),
        ("hard_prompt", "law"),
    ]


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


def test_thinking_is_kept_apart_from_the_answer(tmp_path: Path) -> None:
    questions = pa.Table.from_pylist([{"question_id": "q", "text": "?"}], schema=QUESTIONS.schema)
    row = {"question_id": "q", "model": "m", "sample": 0, "text": "Yes.", "thinking": "hm"}
    answers = pa.Table.from_pylist([row], schema=ANSWERS.schema)
    files = {file.path: file.rows for file in arena_hard_files(questions, answers)}
    (out,) = files["model_answer/m.jsonl"]
    assert out["messages"][-1]["content"] == {"answer": "Yes.", "thought": "hm"}
    (tmp_path / "m.jsonl").write_text(json.dumps(out))
    assert read_answers([tmp_path / "m.jsonl"])["thinking"].to_pylist() == ["hm"]


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
    older = {file.path: file.rows for file in arena_hard_files(questions, answers, judgments, V01)}
    (row,) = older["model_judgment/j/org1__x.jsonl"]
    assert [game["score"] for game in row["games"]] == [None, None]
