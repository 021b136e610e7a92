"""Model answers: our own Parquet or JSONL, Arena-Hard's old and new files, AlpacaEval's outputs.

Everything is kept as it stands, duplicates and answers to unknown questions too:
``judging.coverage`` lists what does not fit, and ``one_answer_each`` applies the rule for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from benchbuilder.errors import InputError
from benchbuilder.schemas import ANSWERS
from benchbuilder.sources.questions import ID_FIELDS
from benchbuilder.sources.rows import SourceRow, read_rows, storable
from benchbuilder.text.style import Style, count_style
from benchbuilder.text.thinking import split_thinking

MODEL_FIELDS = ("model", "model_id", "generator")
_TEXT_FIELDS = ("text", "answer", "output", "response")
#: What Arena-Hard's scripts write in place of an answer when the call failed.
ERROR_TEXT = "$ERROR$"
_FORM = "an answer has question_id, model and text; questions come with --questions"


class _Reply(NamedTuple):
    sample: int
    text: str | None
    thinking: str | None = None


def read_answers(paths: Iterable[Path], questions: pa.Table | None = None) -> pa.Table:
    """Answers of any number of files as a table of ``schemas.ANSWERS``, in the order given.

    ``questions`` (``schemas.QUESTIONS``) is needed only where answers carry the instruction in
    place of an id, as AlpacaEval's do.

    Raises:
        InputError: a row that has no question, no model or no field with an answer.
    """
    answers = answers_of(read_rows(paths, "answers"), questions)
    if not answers.num_rows:
        raise InputError(f"no answer in {', '.join(map(str, paths))}", hint=_FORM)
    return answers


def models_in(paths: Iterable[Path]) -> set[str]:
    """The models that answer in these files.

    Raises:
        InputError: a file is missing or cannot be read, or an answer has no model.
    """
    return {_model_of(row) for row in read_rows(paths, "answers")}


def answers_of(source: Iterable[SourceRow], questions: pa.Table | None = None) -> pa.Table:
    """The answers of rows that were read already (see ``read_answers``)."""
    ids = _ids_by_text(questions)
    rows = [answer for row in source for answer in _parse_answers(row, ids)]
    return pa.Table.from_pylist(rows, schema=ANSWERS.schema)


def answer_columns(
    text: str | None,
    *,
    thinking: str | None = None,
    finish_reason: str | None = None,
    status: str | None = None,
) -> dict[str, Any]:
    """The columns of an answer that follow from its text: status, thinking and style.

    Statuses: ``ok``; ``empty`` (nothing or blank); ``reasoning_only`` (the thinking never ended);
    ``truncated`` (cut at the token limit; the text is there); ``content_filter``; ``server_error``
    (an error string stands in place of the answer). A ``status`` that is given wins. Tokens are
    always counted here: lengths of two models can only be compared when one counter made them.
    """
    said, inside, closed = split_thinking(text or "")
    if said.strip() == ERROR_TEXT:
        said, status = "", status or "server_error"
    found = status or _status(said, closed, finish_reason)
    style = count_style(said) if said.strip() else None
    return {
        "text": said if said.strip() else None,
        "thinking": thinking if inside is None else inside,
        "finish_reason": finish_reason,
        "status": found,
        **(style._asdict() if style else dict.fromkeys(Style._fields)),
    }


def one_answer_each(answers: pa.Table, rule: str = "error") -> pa.Table:
    """The answers with one row for each question, model and sample.

    ``rule``: ``first`` or ``last`` says which of several is kept (in the order of the files).

    Raises:
        InputError: there are several and the rule is ``error``.
    """
    places: dict[tuple[Any, ...], list[int]] = {}
    keys = zip(*(answers[name].to_pylist() for name in ANSWERS.key), strict=True)
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    repeated = [key for key, found in places.items() if len(found) > 1]
    if not repeated:
        return answers
    if rule == "error":
        shown = "; ".join(f"{model} on {question}" for question, model, _ in repeated[:5])
        raise InputError(
            f"{len(repeated)} answers are there more than once: {shown}",
            hint="remove them, or keep one of each: --set judge.duplicates=first (or last)",
        )
    chosen = -1 if rule == "last" else 0
    return answers.take(sorted(found[chosen] for found in places.values()))


def join_turns(replies: Sequence[str]) -> str:
    """The replies of a conversation of several turns as one text; a single one stays as it is."""
    if len(replies) == 1:
        return replies[0]
    return "\n\n".join(f"(turn {n})\n{reply}" for n, reply in enumerate(replies, start=1))


def _parse_answers(row: SourceRow, ids: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    model, question_id = _model_of(row), _question_id(row, ids)
    finish_reason, status = row.name_of("finish_reason"), row.name_of("status")
    for reply in _replies(row):
        found = answer_columns(
            reply.text, thinking=reply.thinking, finish_reason=finish_reason, status=status
        )
        yield {
            "question_id": question_id,
            "model": model,
            "sample": reply.sample,
            **found,
            "cost_usd": row.real_of("cost_usd"),
        }


def _model_of(row: SourceRow) -> str:
    model = row.name_of(*MODEL_FIELDS)
    if model is None:
        raise row.wrong(
            f"an answer without a model, found {row.seen()}",
            hint=_FORM,
        )
    return model


def _question_id(row: SourceRow, ids: Mapping[str, str]) -> str:
    if row.first(*ID_FIELDS) is not None:
        return row.id_of(*ID_FIELDS)
    instruction = row.text_of("instruction")
    if instruction is None:
        raise row.wrong(f"an answer without question_id, found {row.seen()}", hint=_FORM)
    # An unknown instruction is listed as an answer to an unknown question, under its own text.
    return ids.get(instruction.strip(), instruction)


def _replies(row: SourceRow) -> Iterator[_Reply]:
    if row.first("choices") is not None:
        yield from _choices(row)
    elif row.first("messages") is not None:
        yield _last_message(row)
    elif any(name in row.fields for name in _TEXT_FIELDS):
        sample = row.count_of("sample") or 0
        yield _Reply(sample, row.text_of(*_TEXT_FIELDS), row.text_of("thinking"))
    else:
        raise row.wrong(f"an answer without text, found {row.seen()}", hint=_FORM)


def _choices(row: SourceRow) -> Iterator[_Reply]:
    """Arena-Hard 0.1: ``choices[{index, turns[{content}]}]``, one choice for each sample."""
    choices = row.fields["choices"]
    if not isinstance(choices, list | tuple):
        raise row.wrong(f"expected a list of choices, found {choices!r:.60}")
    for place, choice in enumerate(choices):
        try:
            turns = [turn["content"] for turn in choice["turns"]]
        except (TypeError, KeyError):
            raise row.wrong(f"expected choices with turns, found {choice!r:.60}") from None
        texts = [storable(turn) if isinstance(turn, str) else None for turn in turns]
        whole = [text for text in texts if text is not None]
        # A conversation with a turn missing is no answer.
        joined = join_turns(whole) if whole and len(whole) == len(texts) else None
        sample = SourceRow(row.file, row.line, choice).count_of("index")
        yield _Reply(place if sample is None else sample, joined)


def _last_message(row: SourceRow) -> _Reply:
    """Arena-Hard 2.0: the last of ``messages`` holds ``{answer, thought}`` or plain text."""
    try:
        content = row.fields["messages"][-1]["content"]
    except (TypeError, KeyError, IndexError):
        raise row.wrong("expected messages with content") from None
    fields = content if isinstance(content, Mapping) else {"answer": content}
    inside = SourceRow(row.file, row.line, fields)
    thinking = inside.text_of("thought", "thinking")
    return _Reply(row.count_of("sample") or 0, inside.text_of("answer"), thinking)


def _status(text: str, closed: bool, finish_reason: str | None) -> str:
    if not closed:
        return "reasoning_only"
    if finish_reason == "content_filter":
        return "content_filter"
    if not text.strip():
        return "empty"
    return "truncated" if finish_reason in ("length", "max_tokens") else "ok"


def _ids_by_text(questions: pa.Table | None) -> dict[str, str]:
    if questions is None:
        return {}
    texts, ids = questions["text"].to_pylist(), questions["question_id"].to_pylist()
    return {text.strip(): name for text, name in zip(texts, ids, strict=True)}
