"""AlpacaEval's files: model_outputs.json and annotations.json.

An annotation compares output_1, the baseline, with output_2, the model; preference 1 is a win of
the first, 2 of the second, 1.5 (0 in older judges) a tie, and a value between is a probability.
There is one game for each question; on which side the model stood is told by the judge's raw token.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchbuilder.schemas import ANSWERS, QUESTIONS
from benchbuilder.sources.answers import answer_columns
from benchbuilder.sources.imports.imported import (
    OTHER_FORMATS,
    Imported,
    judgment_row,
    judgments_of,
)
from benchbuilder.sources.rows import SourceRow, read_rows

_NOBODY = "baseline"


def import_alpaca_eval(paths: Sequence[Path], baseline: str | None) -> Imported:
    """Questions, answers and judgments; a question's id is made from its instruction.

    ``baseline`` names the first output's model where a row does not.
    """
    questions: dict[str, dict[str, Any]] = {}
    answers: dict[tuple[str, str], dict[str, Any]] = {}
    games = []
    for row in read_rows(paths, "judgments"):
        instruction = row.text_of("instruction")
        if not instruction:
            raise row.wrong(f"expected an instruction, found {row.seen()}", hint=OTHER_FORMATS)
        name = question_id(instruction)
        questions[name] = {
            "question_id": name,
            "text": instruction,
            "category": row.name_of("dataset"),
        }
        for place in ("", "_1", "_2"):
            text, model = row.text_of(f"output{place}"), row.name_of(f"generator{place}")
            if text is not None and model is not None:
                answers.setdefault((name, model), answer_columns(text))
        if "preference" in row.fields:
            games.append(_game(row, name, baseline))
    judgments, notes = judgments_of(games, one_game=True)
    answered = [
        {"question_id": name, "model": model, "sample": 0} | columns
        for (name, model), columns in answers.items()
    ]
    return Imported(
        questions=pa.Table.from_pylist(list(questions.values()), schema=QUESTIONS.schema),
        answers=pa.Table.from_pylist(answered, schema=ANSWERS.schema) if answered else None,
        judgments=judgments,
        notes=notes,
    )


def question_id(instruction: str) -> str:
    """The first 16 hex digits of the instruction's SHA-1."""
    return hashlib.sha1(instruction.encode(), usedforsecurity=False).hexdigest()[:16]


def preference_outcome(preference: float | None, game: int) -> dict[str, Any]:
    """Verdict and status from the model's share of the win (0 to 1)."""
    if preference is None:
        return {"verdict": None, "status": "parse_error", "detail": "no preference in the file"}
    a_won = (preference > 0.5) == (game == 2)
    verdict = "A=B" if preference == 0.5 else "A>B" if a_won else "B>A"
    return {"verdict": verdict, "preference": preference, "status": "ok", "detail": None}


def share_of(preference: float | None) -> float | None:
    """The model's share of the win from AlpacaEval's scale: ``2`` -> 1.0, ``0`` (a tie) -> 0.5."""
    if preference is None:
        return None
    return 0.5 if preference == 0 else preference - 1


def _game(row: SourceRow, name: str, baseline: str | None) -> dict[str, Any]:
    model = row.name_of("generator_2")
    preference = row.real_of("preference")
    if model is None or (preference is not None and not 0 <= preference <= 2):
        raise row.wrong(f"expected generator_2 and a preference from 1 to 2, found {row.seen()}")
    against = row.name_of("generator_1") or baseline or _NOBODY
    share = share_of(preference)
    side = _side(row, share)
    game = 2 if side == "A" else 1
    judge = row.name_of("annotator") or "alpaca-eval"
    found = judgment_row(row, name, model, against, judge, game) | preference_outcome(share, game)
    if side is None and found["status"] == "ok":
        found["detail"] = "the side of the model is not known"
    return found


def _side(row: SourceRow, share: float | None) -> str | None:
    """The model's side: the raw token is ``m`` when the output shown first won, ``M`` else."""
    raw = row.first("raw_completion", "preference_raw_completion")
    raw = raw.get("text") if isinstance(raw, Mapping) else raw
    if not isinstance(raw, str) or raw.strip() not in ("m", "M") or share in (None, 0.5):
        return None
    model_won = share is not None and share > 0.5
    return "A" if model_won == (raw.strip() == "m") else "B"
