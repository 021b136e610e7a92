"""Arena-Hard's own files, 0.1 and 2.0: question.jsonl, model_answer/, model_judgment/.

A judgment row holds both games of a pair; in the first one the baseline stands on side A.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchbuilder.errors import InputError
from benchbuilder.sources.answers import MODEL_FIELDS, answers_of
from benchbuilder.sources.imports.imported import (
    OTHER_FORMATS,
    Imported,
    judgment_row,
    judgments_of,
    read_verdict,
)
from benchbuilder.sources.questions import ID_FIELDS, questions_of
from benchbuilder.sources.rows import SourceRow, read_rows, storable

_REFERENCES = "reference_answer"  # answers for the judge to lean on, not of a contender


def import_arena_hard(paths: Sequence[Path], baseline: str | None) -> Imported:
    """Questions, answers and judgments among the rows of files and folders.

    ``baseline`` is needed where judgments do not name theirs (0.1).
    """
    found: dict[str, list[SourceRow]] = {"questions": [], "answers": [], "judgments": []}
    for row in read_rows(paths, "judgments"):
        if _REFERENCES not in row.file.parts:
            found[_kind(row)].append(row)
    judgments, notes = judgments_of(
        game for row in found["judgments"] for game in _games(row, baseline)
    )
    return Imported(
        questions=questions_of(found["questions"]) if found["questions"] else None,
        answers=answers_of(found["answers"]) if found["answers"] else None,
        judgments=judgments,
        notes=notes,
    )


def _kind(row: SourceRow) -> str:
    if "games" in row.fields:
        return "judgments"
    if "choices" in row.fields or "messages" in row.fields:
        return "answers"
    if "turns" in row.fields or "prompt" in row.fields:
        return "questions"
    raise row.wrong(
        f"no question, answer or judgment of Arena-Hard, found {row.seen()}", hint=OTHER_FORMATS
    )


def _games(row: SourceRow, given: str | None) -> Iterator[dict[str, Any]]:
    question_id, model = row.id_of(*ID_FIELDS), row.name_of(*MODEL_FIELDS)
    baseline = row.name_of("baseline") or given
    games = row.fields["games"]
    if model is None or not isinstance(games, list):
        raise row.wrong(f"expected a model and its games, found {row.seen()}")
    if baseline is None:
        raise InputError(
            "these judgments do not name their baseline",
            file=row.file,
            line=row.line,
            hint="give it with --baseline (gpt-4-0314 in Arena-Hard 0.1)",
        )
    judge = row.name_of("judge") or row.file.parent.name
    for number, game in enumerate(games[:2], start=1):
        yield judgment_row(row, question_id, model, baseline, judge, number) | _outcome(game)


def _outcome(game: Any) -> dict[str, Any]:
    if not isinstance(game, Mapping):
        detail = "the file holds null in place of this game"
        return {"verdict": None, "status": "not_recorded", "detail": detail}
    said = game.get("judgment")
    said = said.get("answer") if isinstance(said, Mapping) else said
    text = storable(said) if isinstance(said, str) else None
    return read_verdict(game.get("score"), text)
