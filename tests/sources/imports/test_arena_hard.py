"""Arena-Hard's files of both versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchbuilder.errors import InputError
from benchbuilder.sources.imports import import_benchmark


def _write(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_folder_of_version_two(tmp_path: Path) -> None:
    _write(tmp_path / "question.jsonl", {"uid": "q", "category": "hard_prompt", "prompt": "Why?"})
    messages = [{"role": "assistant", "content": {"answer": "Yes."}}]
    _write(tmp_path / "model_answer/m.jsonl", {"uid": "q", "model": "m", "messages": messages})
    reference = {"uid": "q", "model": "ref", "messages": messages}
    _write(tmp_path / "reference_answer/ref.jsonl", reference)
    games = [{"score": "B>A", "judgment": {"answer": "So [[B>A]]"}}, None]
    judged = {"uid": "q", "judge": "j", "model": "m", "baseline": "base", "games": games}
    _write(tmp_path / "model_judgment/j/m.jsonl", judged)
    found = import_benchmark("arena-hard", [tmp_path])
    assert found.questions is not None and found.questions["text"].to_pylist() == ["Why?"]
    assert found.answers is not None and found.answers["model"].to_pylist() == ["m"]
    assert found.judgments is not None
    columns = ["game", "answer_a", "answer_b", "verdict", "status"]
    assert found.judgments.select(columns).to_pylist() == [
        dict(zip(columns, (1, "base", "m", "B>A", "ok"), strict=True)),
        dict(zip(columns, (2, "m", "base", None, "not_recorded"), strict=True)),
    ]
    assert found.notes == ("1 game without a verdict: the file holds null in place of this game",)


def _judged(tmp_path: Path, *games: dict[str, Any], **more: Any) -> Path:
    row = {"question_id": "q", "model": "m", "judge": "j", "games": list(games)} | more
    return _write(tmp_path / "model_judgment/gpt-4/m.jsonl", row)


@pytest.mark.parametrize(
    ("game", "verdict", "status"),
    [
        ({"score": "A>>B", "judgment": "[[A>>B]]"}, "A>>B", "ok"),
        ({"score": None, "judgment": "[[A>B]] no, [[B>A]]"}, "B>A", "ok"),
        ({"score": "[A=B]", "judgment": "My final verdict is tie: [[A=B]]"}, "A=B", "ok"),
        ({"score": "A>>A", "judgment": "[[A>>A]]"}, None, "parse_error"),
        ({"score": "A<B"}, None, "parse_error"),
        ({"score": None}, None, "parse_error"),
        ({"score": None, "judgment": "\n$ERROR$\n$ERROR$"}, None, "server_error"),
    ],
)
def test_scores_and_texts_of_version_one(
    tmp_path: Path, game: dict[str, Any], verdict: str | None, status: str
) -> None:
    other = {"score": "A=B", "judgment": "[[A=B]]"}
    path = _judged(tmp_path, game, other)
    judgments = import_benchmark("arena-hard", [path], baseline="gpt-4-0314").judgments
    assert judgments is not None
    assert judgments["verdict"].to_pylist() == [verdict, "A=B"]
    assert judgments["status"].to_pylist() == [status, "ok"]
    assert judgments["baseline"].to_pylist() == ["gpt-4-0314"] * 2


def test_the_judge_is_the_folder_where_a_row_names_none(tmp_path: Path) -> None:
    path = _judged(tmp_path, {"score": "A=B"}, {"score": "A=B"}, judge=None, baseline="base")
    judgments = import_benchmark("arena-hard", [path]).judgments
    assert judgments is not None and set(judgments["judge"].to_pylist()) == {"gpt-4"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"question_id": "q", "model": "m", "games": []}, "do not name their baseline"),
        ({"question_id": "q", "games": [], "baseline": "b"}, "expected a model and its games"),
        ({"question_id": "q"}, "no question, answer or judgment"),
    ],
)
def test_what_is_not_arena_hard(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        import_benchmark("arena-hard", [_write(tmp_path / "x.jsonl", row)])


def test_an_unknown_format_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        import_benchmark("mt-bench", [tmp_path])
    assert raised.value.hint == "formats: alpaca-eval, arena-hard, tidy"
