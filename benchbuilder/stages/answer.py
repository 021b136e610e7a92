"""``answer``: questions → the answers of one model, asked now or recorded in the dump.

A conversation of several turns is asked turn by turn: the model sees its own earlier replies. When
a turn fails, the answer has that turn's status and no text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.errors import InputError
from benchbuilder.llm.types import Complete, Completion, Message, Request
from benchbuilder.observe import Observer
from benchbuilder.schemas import ANSWERS
from benchbuilder.settings import AnswerSettings
from benchbuilder.sources.answers import answer_columns, join_turns

#: The name of a dump's model where the dump does not give one.
PRODUCTION = "production"


def answer(
    questions: Iterator[pa.RecordBatch],
    *,
    settings: AnswerSettings,
    model_name: str,
    complete: Complete,
    observe: Observer,
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Yield ``("answers", batch)`` for each batch of questions (``schemas.QUESTIONS``).

    Figure: ``statuses`` (answers by status).

    Raises:
        CompletionError: the model's client stops the run.
    """
    statuses: Counter[str] = Counter()
    left = settings.limit
    for batch in questions:
        asked = batch.to_pylist()[:left]
        left = None if left is None else left - len(asked)
        talks = [_Talk(question, n) for question in asked for n in range(settings.samples)]
        while waiting := [talk for talk in talks if talk.waits]:
            completions = complete([talk.request() for talk in waiting], accept=_anything)
            by_id = {completion.id: completion for completion in completions}
            for talk in waiting:
                talk.hear(by_id[talk.name])
        rows = [talk.row(model_name) for talk in talks]
        statuses.update(row["status"] for row in rows)
        yield "answers", pa.RecordBatch.from_pylist(rows, schema=ANSWERS.schema)
    observe.figure("statuses", dict(sorted(statuses.items())))


class _Talk:
    """The conversation about one question: user turns of the question, replies of the model."""

    def __init__(self, question: Mapping[str, Any], sample: int) -> None:
        self._question = question
        self._sample = sample
        self._turns: list[str] = question["turns"] or [question["text"]]
        self._heard: list[Completion] = []

    @property
    def name(self) -> str:
        """The same in every turn: no two turns are ever asked at once."""
        return f"question {self._question['question_id']!r}, sample {self._sample}"

    @property
    def waits(self) -> bool:
        """True while a user turn has no reply and none has failed."""
        return len(self._heard) < len(self._turns) and all(map(_is_reply, self._heard))

    def request(self) -> Request:
        messages: list[Message] = []
        if self._question["system"]:
            messages.append({"role": "system", "content": self._question["system"]})
        for turn, reply in zip(self._turns, [*self._heard, None], strict=False):
            messages.append({"role": "user", "content": turn})
            if reply is not None:
                messages.append({"role": "assistant", "content": reply.text or ""})
        return Request(self.name, tuple(messages), sample=self._sample)

    def hear(self, completion: Completion) -> None:
        self._heard.append(completion)

    def row(self, model: str) -> dict[str, Any]:
        last = self._heard[-1]
        texts = [reply.text for reply in self._heard if reply.text is not None]
        whole = all(map(_is_reply, self._heard)) and len(texts) == len(self._turns)
        thoughts = [reply.thinking for reply in self._heard if reply.thinking]
        costs = [reply.cost_usd for reply in self._heard]
        cut = any(reply.status == "truncated" for reply in self._heard)
        return {
            "question_id": self._question["question_id"],
            "model": model,
            "sample": self._sample,
            **answer_columns(
                join_turns(texts) if whole else None,
                thinking="\n\n".join(thoughts) or None,
                finish_reason=last.finish_reason,
                status="truncated" if whole and cut else last.status,
            ),
            "cost_usd": None if None in costs else sum(cost for cost in costs if cost),
        }


def _is_reply(completion: Completion) -> bool:
    """A cut-off reply is what the model said, so the talk goes on from there."""
    return completion.status in ("ok", "truncated") and bool((completion.text or "").strip())


def _anything(text: str) -> str | None:
    del text  # whatever a model answers is its answer
    return None


def replies_in_dump(
    questions: pa.Table,
    prompts: pa.Table,
    conversations: pa.Table,
    *,
    model: str | None = None,
    called: str | None = None,
    observe: Observer,
) -> pa.Table:
    """The replies that the dump holds, as answers (``schemas.ANSWERS``) of the production model.

    A curated question's id is its prompt_id; its reply is the assistant's turn right after the
    prompt. ``model`` keeps only that model's replies; without it every model of the dump has its
    own (``production`` where the dump names none). ``called`` gives all of them one name.
    Questions without a reply are told in a note.

    Raises:
        InputError: the dump holds no reply to any of the questions.
    """
    asked = set(questions["question_id"].to_pylist())
    pairs = prompts.select(["prompt_id", "conversation_id"]).to_pylist()
    question_of = {p["conversation_id"]: p["prompt_id"] for p in pairs if p["prompt_id"] in asked}
    wanted = pa.array(list(question_of), pa.string())
    there = pc.is_in(conversations["conversation_id"], value_set=wanted)
    columns = ["conversation_id", "model", "turns"]
    rows = []
    for conversation in conversations.select(columns).filter(there).to_pylist():
        name = conversation["model"] or PRODUCTION
        reply = _reply_to_prompt(conversation["turns"] or [])
        if reply is not None and model in (None, name):
            question_id = question_of[conversation["conversation_id"]]
            key = {"question_id": question_id, "model": called or name, "sample": 0}
            rows.append(key | answer_columns(reply))
    if not rows:
        raise InputError(
            f"the dump holds no reply{f' of {model!r}' if model else ''} to these questions",
            hint="ask the model instead: benchbuilder answer --questions Q --model NAME --run DIR",
        )
    if len(rows) < len(asked):
        observe.note(f"the dump holds replies to {len(rows)} of {len(asked)} questions")
    return pa.Table.from_pylist(rows, schema=ANSWERS.schema)


def _reply_to_prompt(turns: list[dict[str, Any]]) -> str | None:
    """The first assistant turn after the first user turn that says something."""
    prompt_seen = False
    for turn in turns:
        says = bool((turn["content"] or "").strip())
        if prompt_seen and turn["role"] == "assistant":
            return turn["content"] if says else None
        prompt_seen = prompt_seen or (turn["role"] == "user" and says)
    return None
