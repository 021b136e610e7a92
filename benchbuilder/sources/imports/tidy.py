"""A tidy table of judgments: one row per game, from whatever tool or notebook.

Columns: ``question_id`` (or prompt_id), ``model``, ``baseline``, and the outcome as ``verdict``
(one of the five about sides, or who won: model, baseline, tie) or as ``preference`` (1 to 2 as
AlpacaEval has it, or 0 to 1: the model's share of the win). ``order`` is the side on which the
model stood (A or B), or ``game`` says it. Optional: ``judge``, ``text``, and of each side tokens,
headers, lists and bold (``model_tokens``, ``baseline_tokens``, …).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchbuilder.errors import InputError
from benchbuilder.schemas import ANSWERS
from benchbuilder.sources.imports.alpaca_eval import preference_outcome, share_of
from benchbuilder.sources.imports.imported import (
    Imported,
    judgment_row,
    judgments_of,
    read_verdict,
)
from benchbuilder.sources.questions import ID_FIELDS
from benchbuilder.sources.rows import SourceRow, read_rows

_SHARE_OF_WINNER = {"model": 1.0, "baseline": 0.0, "tie": 0.5}
_STYLE = ("tokens", "headers", "lists", "bold")


def import_tidy(paths: Sequence[Path], baseline: str | None) -> Imported:
    """Judgments, and answers without text where the table has style columns.

    ``baseline`` is used where a row names none.

    Raises:
        InputError: a row without question, model, baseline or outcome columns, an unknown order,
            a preference outside of its scale, or no rows.
    """
    rows = list(read_rows(paths, "judgments"))
    preferences = [row.real_of("preference") for row in rows]
    one_to_two = any(value is not None and value > 1 for value in preferences)
    judgments, notes = judgments_of(_game(row, baseline, one_to_two) for row in rows)
    if judgments is None:
        raise InputError(
            f"no judgment in {', '.join(map(str, paths))}",
            hint="one row for each game: question_id, model, baseline, order, and verdict or "
            "preference",
        )
    styles: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        for name, counts in _styles(row, baseline):
            styles.setdefault((row.id_of(*ID_FIELDS), name), counts)
    answered = [
        {"question_id": question, "model": model, "sample": 0, "status": "ok"} | counts
        for (question, model), counts in styles.items()
    ]
    answers = pa.Table.from_pylist(answered, schema=ANSWERS.schema) if answered else None
    return Imported(answers=answers, judgments=judgments, notes=notes)


def _styles(row: SourceRow, given: str | None) -> Iterator[tuple[str, dict[str, int | None]]]:
    """The models of the row whose style it tells, with their counts."""
    for side, default in (("model", None), ("baseline", given)):
        columns = [f"{side}_{name}" for name in _STYLE]
        name = row.name_of(side) or default
        if name is not None and not row.fields.keys().isdisjoint(columns):
            counts = (row.count_of(column) for column in columns)
            yield name, dict(zip(_STYLE, counts, strict=True))


def _game(row: SourceRow, given: str | None, one_to_two: bool) -> dict[str, Any]:
    model, baseline = row.name_of("model"), row.name_of("baseline") or given
    if model is None or baseline is None:
        raise row.wrong(
            f"expected model and baseline, found {row.seen()}", hint="give it with --baseline"
        )
    side = _side(row)
    game = 2 if side == "A" else 1
    judge = row.name_of("judge") or "imported"
    found = judgment_row(row, row.id_of(*ID_FIELDS), model, baseline, judge, game)
    return found | _outcome(row, game, side, one_to_two)


def _side(row: SourceRow) -> str | None:
    order, game = row.name_of("order"), row.count_of("game")
    if order is not None and order.upper() not in ("A", "B"):
        raise row.wrong(f"order is the model's side, A or B; found {order!r}")
    if order is None:
        return {1: "B", 2: "A"}.get(game) if game is not None else None
    return order.upper()


def _outcome(row: SourceRow, game: int, side: str | None, one_to_two: bool) -> dict[str, Any]:
    verdict, text = row.name_of("verdict"), row.text_of("text", "judgment")
    if row.real_of("preference") is not None or verdict in _SHARE_OF_WINNER:
        found = preference_outcome(_share(row, verdict, one_to_two), game)
        if side is None:
            found["detail"] = "the side of the model is not known"
        return found | {"text": text}
    if not {"verdict", "preference", "text", "judgment"} & set(row.fields):
        raise row.wrong(f"expected verdict or preference, found {row.seen()}")
    if side is None and verdict is not None:
        raise row.wrong("a verdict about sides needs order (the model's side) or game")
    return read_verdict(verdict, text)


def _share(row: SourceRow, verdict: str | None, one_to_two: bool) -> float | None:
    preference = row.real_of("preference")
    if preference is None:
        return _SHARE_OF_WINNER[verdict or "tie"]
    if not 0 <= preference <= (2 if one_to_two else 1):
        raise row.wrong(f"preference {preference} is outside of its scale (0 to 1, or 1 to 2)")
    return share_of(preference) if one_to_two else preference
