"""Questions and answers as files of AlpacaEval, the Hugging Face Hub, lm-eval and Inspect.

Each function yields paths below the export folder with their bytes. Arena-Hard's form is in
``judging.export``.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchbuilder.errors import InputError
from benchbuilder.judging.coverage import usable
from benchbuilder.judging.prompts import question_text
from benchbuilder.release.canonical import canonical_digest, canonical_lines
from benchbuilder.release.front_matter import front_matter
from benchbuilder.release.task_files import INSPECT_TASK, LM_EVAL_LOADER, LM_EVAL_TASK
from benchbuilder.schemas import ARTIFACTS, QUESTIONS

ExportFile = tuple[str, bytes]
#: AlpacaEval gives figures by dataset; a question without a category needs one, too.
_DATASET = "hard"


def alpaca_eval_files(
    questions: pa.Table, answers: pa.Table | None = None, *, baseline: str | None = None
) -> Iterator[ExportFile]:
    """``model_outputs/MODEL.json`` of every model, and ``alpaca_eval.json``: the reference outputs.

    The latter holds the baseline's answers, or, without a baseline, empty ones under the name
    "none". AlpacaEval knows one turn and one answer: several turns become one prompt, samples but
    the first are left out, as are answers without text. Judgments stay here: one game of theirs
    would have to stand for two of ours.

    Raises:
        InputError: there is a baseline, and no answer of it.
    """
    asked = {question["question_id"]: question for question in questions.to_pylist()}
    outputs: dict[str, list[dict[str, str]]] = {}
    for row in answers.to_pylist() if answers is not None else []:
        if row["question_id"] in asked and row["sample"] == 0 and usable(row):
            output = _output(asked[row["question_id"]], row["text"], row["model"])
            outputs.setdefault(row["model"], []).append(output)
    if baseline is None:
        reference = [_output(question, "", "none") for question in asked.values()]
    elif baseline in outputs:
        reference = outputs[baseline]
    else:
        raise InputError(
            f"no answer of the baseline {baseline!r}", hint=f"there are: {', '.join(outputs)}"
        )
    yield "alpaca_eval.json", _json(reference)
    for model, found in outputs.items():
        yield f"model_outputs/{model.replace('/', '__')}.json", _json(found)


def huggingface_files(
    name: str, licence: str, tables: Mapping[str, pa.Table], card: str | None = None
) -> Iterator[ExportFile]:
    """A dataset folder: ``README.md`` and ``data/NAME.parquet`` for each table.

    Questions are the default configuration. ``card`` is the text of a release's card.
    """
    questions = tables["questions"]
    languages = {str(code) for code in questions["language"].to_pylist() if code}
    head = front_matter(name, licence, languages, questions.num_rows, "data/questions.parquet")
    for other in sorted(set(tables) - {"questions"}):
        file = f"data/{other}.parquet"
        head += f"- config_name: {other}\n  data_files:\n  - split: test\n    path: {file}\n"
    text = card or (
        f"# {name}\n\n{questions.num_rows:,} questions. Digest of their canonical form: "
        f"`{canonical_digest(questions, QUESTIONS)}`\n"
    )
    yield "README.md", f"---\n{head}---\n\n{text}".encode()
    for other, table in sorted(tables.items()):
        keys = [(key, "ascending") for key in ARTIFACTS[other].key]
        sink = io.BytesIO()
        pq.write_table(table.sort_by(keys), sink, compression="zstd")
        yield f"data/{other}.parquet", sink.getvalue()


def lm_eval_files(name: str, questions: pa.Table) -> Iterator[ExportFile]:
    """``NAME.yaml``, its loader and the questions: ``lm_eval --include_path FOLDER --tasks NAME``.

    The task scores nothing (metric ``bypass``): its logged samples are answers to be judged.
    """
    task = _identifier(name)
    rows = [
        {
            "question_id": question["question_id"],
            "prompt": question_text(question),
            "category": question["category"] or "",
            "topic": question["topic"] or "",
        }
        for question in questions.sort_by("question_id").to_pylist()
    ]
    yield f"{task}.yaml", LM_EVAL_TASK.format(task=task).encode()
    yield f"{task}_questions.py", LM_EVAL_LOADER.encode()
    yield "questions.jsonl", b"".join(_json_line(row) for row in rows)


def inspect_files(name: str, questions: pa.Table) -> Iterator[ExportFile]:
    """``NAME.py`` and the questions: ``inspect eval NAME.py --model MODEL``; nothing is scored."""
    task = _identifier(name)
    yield f"{task}.py", INSPECT_TASK.replace("TASK_NAME", task).encode()
    yield "questions.jsonl", b"".join(canonical_lines(questions, QUESTIONS))


def write_export(files: Iterable[ExportFile], folder: Path) -> dict[str, int]:
    """Write files below a folder; bytes by path."""
    written = {}
    for path, content in files:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        written[path] = len(content)
    return written


def _output(question: Mapping[str, Any], text: str, generator: str) -> dict[str, str]:
    return {
        "instruction": question_text(question),
        "output": text,
        "generator": generator,
        "dataset": question["category"] or _DATASET,
    }


def _identifier(name: str) -> str:
    """A name that YAML tasks and Python functions may have.

    >>> _identifier("june-1.0"), _identifier("2026")
    ('june_1_0', 'b_2026')
    """
    plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower()
    return plain if plain[:1].isalpha() else f"b_{plain}"


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _json_line(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n").encode()
