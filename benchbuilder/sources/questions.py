"""Question sets: our own Parquet or JSONL, Arena-Hard's question file, a run or release folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchbuilder.errors import InputError
from benchbuilder.schemas import QUESTIONS
from benchbuilder.sources.rows import SourceRow, read_rows, storable
from benchbuilder.sources.turns import parse_content

ID_FIELDS = ("question_id", "uid", "prompt_id", "id")
_TEXT_FIELDS = ("text", "prompt", "instruction", "question")
_FORM = f"a question has {', '.join(ID_FIELDS[:-1])} or {ID_FIELDS[-1]}, and text, prompt or turns"


def read_questions(path: Path) -> pa.Table:
    """A question set as a table of ``schemas.QUESTIONS``, in the order of the file.

    Raises:
        InputError: a row has no id or no text, holds images, or repeats an id.
    """
    questions = questions_of(read_rows([path], "questions"))
    if not questions.num_rows:
        raise InputError("holds no question", file=path, hint=_FORM)
    return questions


def questions_of(source: Iterable[SourceRow]) -> pa.Table:
    """The questions of rows that were read already (see ``read_questions``)."""
    rows: list[dict[str, Any]] = []
    lines: dict[str, int] = {}
    for row in source:
        question = _parse_question(row)
        if question["question_id"] in lines:
            raise row.wrong(
                f"question {question['question_id']!r} stands here and on line "
                f"{lines[question['question_id']]}",
                hint="remove one of the two",
            )
        lines[question["question_id"]] = row.line
        rows.append(question)
    return pa.Table.from_pylist(rows, schema=QUESTIONS.schema)


def _parse_question(row: SourceRow) -> dict[str, Any]:
    turns = _user_turns(row)
    if not turns or not all(turn.strip() for turn in turns):
        raise row.wrong(f"a question without text (id {row.id_of(*ID_FIELDS)!r})", hint=_FORM)
    return {
        "question_id": row.id_of(*ID_FIELDS),
        "system": row.text_of("system", "system_prompt"),
        "text": turns[0],
        "turns": turns if len(turns) > 1 else None,
        "category": row.name_of("category"),
        "topic": row.name_of("topic", "cluster", "subcategory"),
        "quality_score": row.count_of("quality_score"),
        "language": row.name_of("language"),
        "rubric": row.text_of("rubric"),
    }


def _user_turns(row: SourceRow) -> list[str]:
    turns = row.first("turns")
    if turns is None:
        text = row.text_of(*_TEXT_FIELDS)
        return [] if text is None else [text]
    if not isinstance(turns, list | tuple):
        raise row.wrong(f"expected a list of turns, found {turns!r:.60}", hint=_FORM)
    return [_turn_text(row, turn) for turn in turns]


def _turn_text(row: SourceRow, turn: Any) -> str:
    content = turn.get("content") if isinstance(turn, Mapping) else turn
    text, images = parse_content(content)
    if images:
        raise row.wrong(
            "a question with images; only text questions can be judged", hint="leave that one out"
        )
    return storable(text) or ""
