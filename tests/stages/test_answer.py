"""The answer stage: turns, samples, failures, and replies that the dump holds already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.errors import InputError
from benchbuilder.llm.types import Accept, Completion, Request
from benchbuilder.observe import Silent
from benchbuilder.schemas import ANSWERS, CONVERSATIONS, PROMPTS, QUESTIONS
from benchbuilder.settings import AnswerSettings
from benchbuilder.stages.answer import answer, replies_in_dump

Say = Callable[[Request], Completion]


class ScriptedModel:
    """Answers by a function; remembers what it was asked."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.requests: list[Request] = []

    def __call__(self, requests: Sequence[Request], *, accept: Accept) -> list[Completion]:
        self.requests += requests
        return [self.say(request) for request in reversed(requests)]


def echo(request: Request) -> Completion:
    said = request.messages[-1]["content"].upper()
    return Completion(request.id, "ok", said, finish_reason="stop", cost_usd=0.5)


def batches(*rows: dict[str, Any]) -> Iterator[pa.RecordBatch]:
    full = [{"text": (row.get("turns") or ["why?"])[0]} | row for row in rows]
    yield from pa.Table.from_pylist(full, schema=QUESTIONS.schema).to_batches(max_chunksize=2)


def run(
    *questions: dict[str, Any], say: Say = echo, **settings: Any
) -> tuple[list[dict[str, Any]], ScriptedModel, Silent]:
    model, observe = ScriptedModel(say), Silent()
    produced = answer(
        batches(*questions),
        settings=AnswerSettings(**settings),
        model_name="m",
        complete=model,
        observe=observe,
    )
    table = pa.Table.from_batches([batch for _, batch in produced], schema=ANSWERS.schema)
    return table.to_pylist(), model, observe


def test_one_turn() -> None:
    (row,), model, observe = run({"question_id": "q", "system": "Be loud."})
    assert model.requests[0].messages == (
        {"role": "system", "content": "Be loud."},
        {"role": "user", "content": "why?"},
    )
    assert (row["text"], row["status"], row["cost_usd"], row["tokens"]) == ("WHY?", "ok", 0.5, 2)
    assert observe.figures["statuses"] == {"ok": 1}


def test_a_model_sees_its_own_earlier_turns() -> None:
    rows, model, _ = run({"question_id": "q", "turns": ["one", "two"]}, {"question_id": "p"})
    assert rows[0]["text"] == "(turn 1)\nONE\n\n(turn 2)\nTWO"
    assert rows[0]["cost_usd"] == 1.0
    assert [message["content"] for message in model.requests[-1].messages] == ["one", "ONE", "two"]
    assert len(model.requests) == 3


def test_samples_and_the_limit() -> None:
    rows, model, _ = run(*({"question_id": f"q{n}"} for n in range(5)), samples=2, limit=3)
    assert [(r["question_id"], r["sample"]) for r in rows] == [
        (f"q{n}", sample) for n in range(3) for sample in range(2)
    ]
    assert {request.sample for request in model.requests} == {0, 1}


@pytest.mark.parametrize(
    ("completion", "status", "text"),
    [
        (Completion("", "timeout"), "timeout", None),
        (Completion("", "truncated", "half", finish_reason="length"), "truncated", "half"),
        (Completion("", "truncated", None, "hm", "length"), "truncated", None),
        (Completion("", "reasoning_only", None, "hm"), "reasoning_only", None),
        (Completion("", "refused", None), "refused", None),
    ],
)
def test_what_comes_back_in_place_of_an_answer(
    completion: Completion, status: str, text: str | None
) -> None:
    (row,), _, _ = run(
        {"question_id": "q"}, say=lambda r: Completion(**(vars(completion) | {"id": r.id}))
    )
    assert (row["status"], row["text"], row["thinking"]) == (status, text, completion.thinking)


def test_a_failed_turn_ends_the_talk() -> None:
    def fails_second(request: Request) -> Completion:
        second = len(request.messages) == 3
        return Completion(request.id, "server_error") if second else echo(request)

    (row,), model, _ = run({"question_id": "q", "turns": ["a", "b", "c"]}, say=fails_second)
    assert (row["status"], row["text"], row["cost_usd"]) == ("server_error", None, None)
    assert len(model.requests) == 2


def _dump(model: str | None = "gpt") -> tuple[pa.Table, pa.Table]:
    turns = [
        {"role": "system", "content": "x"},
        {"role": "user", "content": " "},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "why?"},
        {"role": "assistant", "content": "Because."},
    ]
    known: dict[str, object] = {
        "source": "s",
        "file": "f",
        "row": 1,
        "language": "en",
        "occurrences": 1,
    }
    known |= {"n_chars": 4, "n_tokens": 2, "text": "why?"}
    conversations: list[dict[str, object]] = [
        {"conversation_id": "c1", "turns": turns, "model": model},
        {"conversation_id": "c2", "turns": turns[:4], "model": "other"},
    ]
    prompts: list[dict[str, object]] = [
        {"prompt_id": "q1", "conversation_id": "c1"},
        {"prompt_id": "q2", "conversation_id": "c2"},
    ]
    return (
        pa.Table.from_pylist([known | row for row in prompts], schema=PROMPTS.schema),
        pa.Table.from_pylist([known | row for row in conversations], schema=CONVERSATIONS.schema),
    )


def _questions(*ids: str) -> pa.Table:
    rows = [{"question_id": name, "text": "why?"} for name in ids]
    return pa.Table.from_pylist(rows, schema=QUESTIONS.schema)


@pytest.mark.parametrize(("named", "expected"), [("gpt", "gpt"), (None, "production")])
def test_replies_recorded_in_the_dump(named: str | None, expected: str) -> None:
    observe = Silent()
    found = replies_in_dump(_questions("q1", "q2"), *_dump(named), observe=observe)
    assert found.select(["question_id", "model", "text", "status"]).to_pylist() == [
        {"question_id": "q1", "model": expected, "text": "Because.", "status": "ok"}
    ]
    assert observe.notes == ["the dump holds replies to 1 of 2 questions"]


def test_a_dump_without_replies_is_refused() -> None:
    with pytest.raises(InputError, match="no reply of 'x' to these questions"):
        replies_in_dump(_questions("q1"), *_dump(), model="x", observe=Silent())
    with pytest.raises(InputError, match="no reply to these questions"):
        replies_in_dump(_questions("q2"), *_dump(), observe=Silent())
