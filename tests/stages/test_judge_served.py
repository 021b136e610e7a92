"""Judging and answering over HTTP: what fails is asked again, what is paid for is not."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.errors import NotInCache
from benchbuilder.llm.client import open_client
from benchbuilder.observe import Silent
from benchbuilder.resources import demo_path, template_path
from benchbuilder.settings import AnswerSettings, JudgeSettings, ModelSettings
from benchbuilder.sources.answers import read_answers
from benchbuilder.sources.questions import read_questions
from benchbuilder.stages.answer import answer
from benchbuilder.stages.judge import judge
from tests import servers
from tests.servers import Body, Reply, asked, scripted

TEMPLATE = template_path("judge").read_text(encoding="utf-8")
QUESTIONS = read_questions(demo_path() / "questions.jsonl").slice(0, 20)
BASELINE = "demo-baseline"


def demo_answers(*models: str) -> pa.Table:
    answers = read_answers([demo_path() / "answers.jsonl"])
    wanted = set(QUESTIONS["question_id"].to_pylist())
    rows = [
        row
        for row in answers.to_pylist()
        if row["question_id"] in wanted and row["model"] in (BASELINE, *models)
    ]
    return pa.Table.from_pylist(rows, schema=answers.schema)


def judged(
    base_url: str, cache: Path, answers: pa.Table, *, offline: bool = False, **model: Any
) -> list[dict[str, Any]]:
    settings = ModelSettings(base_url=base_url, **model)
    with open_client(
        "j", settings, cache_path=cache, offline=offline, observe=Silent()
    ) as complete:
        batches = judge(
            QUESTIONS,
            answers,
            settings=JudgeSettings(),
            baseline=BASELINE,
            judge_name="j",
            complete=complete,
            template=TEMPLATE,
            observe=Silent(),
        )
        rows: list[dict[str, Any]] = pa.Table.from_batches([b for _, b in batches]).to_pylist()
    return rows


def longer_side(body: Body) -> str:
    one, two = re.findall(r"BEGIN ANSWER \w (\w+)\n(.*?)\nEND ANSWER \w \1", asked(body), re.DOTALL)
    return "[[A>B]]" if len(one[1]) > len(two[1]) else "[[B>A]]"


def test_only_games_without_a_verdict_are_asked_again(tmp_path: Path) -> None:
    """Every third call gives nonsense, every seventh is refused; then the judge comes to itself."""
    broken = True

    def script(body: Body, number: int) -> Reply:
        if broken and number % 7 == 3:
            return servers.answer(None, refusal="I will not judge this.")
        if broken and number % 3 == 1:
            return servers.answer("Assistant [A] is better. [[A]]")
        return servers.answer(f"Well. {longer_side(body)}")

    answers, cache = demo_answers("demo-terse"), tmp_path / "completions.sqlite"
    with scripted(script) as server:
        first = Counter(row["status"] for row in judged(server.base_url, cache, answers))
        assert first["ok"] + first["parse_error"] + first["refused"] == 40
        assert first["parse_error"] >= 10 and first["refused"] >= 5
        broken, calls = False, len(server.calls)
        rows = judged(server.base_url, cache, answers)
        assert Counter(row["status"] for row in rows) == {"ok": 40}
        assert len(server.calls) - calls == 40 - first["ok"]
        calls = len(server.calls)
        assert judged(server.base_url, cache, answers) == rows
        assert len(server.calls) == calls
    assert judged("http://127.0.0.1:9/v1", cache, answers, offline=True) == rows
    with pytest.raises(NotInCache):
        judged("http://127.0.0.1:9/v1", cache, demo_answers("demo-solid"), offline=True)


def test_sides_are_swapped_and_verdicts_mirror(tmp_path: Path) -> None:
    with scripted(lambda body, number: servers.answer(longer_side(body))) as server:
        rows = judged(server.base_url, tmp_path / "c.sqlite", demo_answers("demo-terse"))
    by_question: dict[str, list[str]] = {}
    for row in rows:
        by_question.setdefault(row["question_id"], []).append(row["verdict"])
    assert all(sorted(pair) == ["A>B", "B>A"] for pair in by_question.values())


def answered(base_url: str, cache: Path, **model: Any) -> list[dict[str, Any]]:
    settings = ModelSettings(base_url=base_url, **model)
    with open_client("m", settings, cache_path=cache, observe=Silent()) as complete:
        batches = answer(
            iter(QUESTIONS.to_batches()),
            settings=AnswerSettings(),
            model_name="m",
            complete=complete,
            observe=Silent(),
        )
        rows: list[dict[str, Any]] = pa.Table.from_batches([b for _, b in batches]).to_pylist()
    return rows


def test_answers_with_thinking_and_a_cut(tmp_path: Path) -> None:
    def script(body: Body, number: int) -> Reply:
        cut = "length" if number == 0 else "stop"
        return servers.answer("<think>let me see</think>\n# Plan\n- **one**", finish=cut)

    with scripted(script) as server:
        rows = answered(server.base_url, tmp_path / "c.sqlite", concurrency=1)
    assert Counter(row["status"] for row in rows) == {"truncated": 1, "ok": 19}
    columns = ("text", "thinking", "headers", "lists", "bold")
    expected = ("# Plan\n- **one**", "let me see", 1, 1, 1)
    assert {tuple(row[name] for name in columns) for row in rows} == {expected}
