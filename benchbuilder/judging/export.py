"""Questions, answers and judgments as a folder that Arena-Hard's own scripts read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from benchbuilder.judging.arena_hard_rows import V2, RowForms
from benchbuilder.judging.coverage import usable


class ExportedFile(NamedTuple):
    """A JSONL file: its path below the export folder, and one object for each line."""

    path: str
    rows: list[dict[str, Any]]


def arena_hard_files(
    questions: pa.Table,
    answers: pa.Table | None = None,
    judgments: pa.Table | None = None,
    forms: RowForms = V2,
) -> Iterator[ExportedFile]:
    """``question.jsonl``, ``model_answer/MODEL.jsonl`` and ``model_judgment/JUDGE/MODEL.jsonl``.

    Takes tables of ``schemas``. Arena-Hard knows one turn, one answer and one judgment: several
    turns become one prompt, samples but the first are left out, as are answers without text. A
    game without a verdict has the score null. Categories that its scripts do not know become
    their main one. Slashes in names become ``__`` in file names; inside the files names stay.
    """
    asked = {question["question_id"]: question for question in questions.to_pylist()}
    yield ExportedFile("question.jsonl", [forms.question(question) for question in asked.values()])
    for model, rows in _first_samples(answers, "sample", "model").items():
        found = [forms.answer(row, asked[row["question_id"]]) for row in rows if _told(row, asked)]
        if found:  # their scripts read the model's name from the first row
            yield ExportedFile(f"model_answer/{_file_name(model)}.jsonl", found)
    of_judge = _first_samples(judgments, "judge_sample", "judge")
    for judge, rows in of_judge.items():
        games: dict[str, dict[tuple[str, str], list[dict[str, Any]]]] = {}
        for row in rows:
            if row["answer_sample"] == 0 and row["question_id"] in asked:
                pair = (row["question_id"], row["baseline"])
                games.setdefault(row["model"], {}).setdefault(pair, []).append(row)
        for model, pairs in games.items():
            path = f"model_judgment/{_file_name(judge)}/{_file_name(model)}.jsonl"
            played = [forms.judgment(asked[question], of) for (question, _), of in pairs.items()]
            yield ExportedFile(path, played)


def write_files(files: Iterable[ExportedFile], folder: Path) -> dict[str, int]:
    """Write the files below a folder, one JSON object a line; rows by path."""
    written = {}
    for path, rows in files:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        target.write_text("".join(lines), encoding="utf-8")
        written[path] = len(rows)
    return written


def _first_samples(
    table: pa.Table | None, sample: str, group: str
) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist() if table is not None else []:
        if row[sample] == 0:
            found.setdefault(row[group], []).append(row)
    return found


def _told(row: dict[str, Any], asked: dict[str, Any]) -> bool:
    return row["question_id"] in asked and usable(row)


def _file_name(name: str) -> str:
    return name.replace("/", "__")
