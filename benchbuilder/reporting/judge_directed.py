"""Which answers tried to speak to the judge."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from benchbuilder.judging.shield import scan_answers

Document = dict[str, Any]
_NO_ANSWERS = "no texts of answers to look through"


def judge_directed(answers: pa.Table | None) -> Document:
    """Counts by model and every answer that holds verdict markers or addresses a judge.

    ``answers``: question_id, model, sample, text. Such an answer was disarmed before it was
    judged; a finding is something to read, no proof of a trick. ``reason``: why there is nothing.
    """
    if answers is None or "text" not in answers.column_names or not _texts(answers):
        return {"answers": None, "models": [], "found": [], "reason": _NO_ANSWERS}
    found = scan_answers(answers).to_pylist()
    by_model: dict[str, Document] = {}
    for row in found:
        empty = {"model": row["model"], "answers": 0, "markers": 0, "phrases": 0}
        counts = by_model.setdefault(row["model"], empty)
        counts["answers"] += 1
        counts["markers"] += row["markers"]
        counts["phrases"] += row["phrases"]
    models = sorted(by_model.values(), key=lambda row: (-row["answers"], row["model"]))
    return {"answers": len(found), "models": models, "found": found, "reason": None}


def _texts(answers: pa.Table) -> int:
    """How many answers have a text."""
    return int(answers.num_rows - answers["text"].null_count)
