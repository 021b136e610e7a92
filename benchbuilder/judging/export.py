"""Questions, answers and judgments in the form of Arena-Hard 2.0, for its own scripts to read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from benchbuilder.judging.coverage import usable
from benchbuilder.judging.prompts import question_text

#: The category of questions that have none; Arena-Hard's own name for its main set.
_CATEGORY = "hard_prompt"


class ExportedFile(NamedTuple):
    """A JSONL file: its path below the export folder, and one object for each line."""

    path: str
    rows: list[dict[str, Any]]


def arena_hard_files(
    questions: pa.Table, answers: pa.Table | None = None, judgments: pa.Table | None = None
) -> Iterator[ExportedFile]:
    """``question.jsonl``, ``model_answer/MODEL.jsonl`` and ``model_judgment/JUDGE/MODEL.jsonl``.

    Takes tables of ``schemas``. Arena-Hard knows one turn, one answer and one judgment: several
    turns become one prompt, samples but the first are left out, as are answers without text. A
    game without a verdict has the score null, one that is not there is null. Slashes in names
    become ``__`` in file names; inside the files names stay as they are.
    """
    asked = {question["question_id"]: question for question in questions.to_pylist()}
    yield ExportedFile("question.jsonl", [_question(question) for question in asked.values()])
    for model, rows in _first_samples(answers, "sample", "model").items():
        found = [_answer(row, asked[row["question_id"]]) for row in rows if _told(row, asked)]
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
            found = [_judgment(asked[question], played) for (question, _), played in pairs.items()]
            yield ExportedFile(path, found)


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


def _question(question: dict[str, Any]) -> dict[str, Any]:
    return {
        "uid": question["question_id"],
        "category": question["category"] or _CATEGORY,
        "subcategory": question["topic"] or "",
        "prompt": question_text(question),
    }


def _answer(row: dict[str, Any], question: dict[str, Any]) -> dict[str, Any]:
    identity = "\0".join((row["question_id"], row["model"], row["text"]))
    said = {"answer": row["text"]} | ({"thinking": row["thinking"]} if row["thinking"] else {})
    return {
        "uid": row["question_id"],
        "ans_id": hashlib.sha256(identity.encode()).hexdigest()[:22],
        "model": row["model"],
        "messages": [
            {"role": "user", "content": question_text(question)},
            {"role": "assistant", "content": said},
        ],
        "tstamp": 0,  # the export is the same whenever it is made
        "metadata": {
            # Their scripts add up the parts of each count.
            "token_len": row["tokens"] or 0,
            "header_count": {"all": row["headers"] or 0},
            "list_count": _list_count(row["lists"] or 0, row["ordered_lists"]),
            "bold_count": {"all": row["bold"] or 0},
        },
    }


def _list_count(items: int, ordered: int | None) -> dict[str, int]:
    return {"all": items} if ordered is None else {"ordered": ordered, "unordered": items - ordered}


def _judgment(question: dict[str, Any], games: list[dict[str, Any]]) -> dict[str, Any]:
    by_number = {game["game"]: game for game in games}
    first = games[0]
    return {
        "uid": first["question_id"],
        "category": question["category"] or _CATEGORY,
        "judge": first["judge"],
        "model": first["model"],
        "baseline": first["baseline"],
        "games": [_game(by_number.get(number)) for number in (1, 2)],
    }


def _game(game: dict[str, Any] | None) -> dict[str, Any] | None:
    if game is None:
        return None
    return {"score": game["verdict"], "judgment": {"answer": game["text"] or ""}}


def _file_name(name: str) -> str:
    return name.replace("/", "__")
