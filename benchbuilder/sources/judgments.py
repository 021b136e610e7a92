"""Judgments from a file: verdicts, or the judges' texts to parse, one row per game."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchbuilder.errors import InputError
from benchbuilder.schemas import JUDGMENTS
from benchbuilder.sources.questions import ID_FIELDS
from benchbuilder.sources.rows import SourceRow, read_rows
from benchbuilder.stats.verdicts import VERDICTS
from benchbuilder.text.verdicts import parse_verdict

_FORM = (
    "a judgment has question_id, model, baseline, game, and verdict or text; files of other tools: "
    "benchbuilder import --help"
)


def read_judgments(paths: Iterable[Path]) -> pa.Table:
    """Judgments as a table of ``schemas.JUDGMENTS``, in the order of the files.

    A row names question_id, model, baseline and the game: by ``game`` (1: the baseline stands on
    side A), by ``answer_a`` and ``answer_b``, or by both. It holds a ``verdict``, or a ``text``
    that is parsed, or neither and a ``status``; with a verdict maybe a ``preference`` (0 to 1, the
    model's share of the win). ``judge`` is "recorded" where it is not named.

    Raises:
        InputError: a verdict that is none of the five, sides that do not fit, no model or
            baseline, or a game that is there twice.
    """
    rows: list[dict[str, Any]] = []
    places: dict[tuple[Any, ...], SourceRow] = {}
    for row in read_rows(paths, "judgments"):
        found = _parse_judgment(row)
        key = tuple(found[name] for name in JUDGMENTS.key)
        if key in places:
            before = places[key]
            raise row.wrong(f"this game is there before, at {before.file}:{before.line}")
        places[key] = row
        rows.append(found)
    if not rows:
        raise InputError(f"no judgment in {', '.join(map(str, paths))}", hint=_FORM)
    return pa.Table.from_pylist(rows, schema=JUDGMENTS.schema)


def reparse(judgments: pa.Table) -> pa.Table:
    """The same judgments with every kept text parsed anew; rows without text stay as they are.

    A failure of the call itself (a time-out, a refusal) stays one, whatever its text says.
    """
    rows = judgments.to_pylist()
    for row in rows:
        if row["text"] is not None and row["status"] in ("ok", "parse_error"):
            row.update(_verdict_of_text(row["text"]))
    return pa.Table.from_pylist(rows, schema=judgments.schema)


def _parse_judgment(row: SourceRow) -> dict[str, Any]:
    model, baseline = row.name_of("model"), row.name_of("baseline")
    if model is None or baseline is None:
        raise row.wrong(
            f"a judgment without model or baseline, found {row.seen()}",
            hint=_FORM,
        )
    game, side_a, side_b = _sides(row, model, baseline)
    return {
        "question_id": row.id_of(*ID_FIELDS),
        "model": model,
        "answer_sample": row.count_of("answer_sample") or 0,
        "baseline": baseline,
        "judge": row.name_of("judge") or "recorded",
        "judge_sample": row.count_of("judge_sample") or 0,
        "game": game,
        "answer_a": side_a,
        "answer_b": side_b,
        **_verdict(row),
        "preference": _preference(row),
        "text": row.text_of("text"),
        "tokens": row.count_of("tokens"),
        "cost_usd": row.real_of("cost_usd"),
    }


def _preference(row: SourceRow) -> float | None:
    share = row.real_of("preference")
    if share is not None and not 0 <= share <= 1:
        raise row.wrong(
            f"preference {share} is outside of 0 to 1, the model's share of the win",
            hint="import files of other tools: benchbuilder import --help",
        )
    return share


def _sides(row: SourceRow, model: str, baseline: str) -> tuple[int, str, str]:
    """The game's number and who stood on side A and B.

    The two must tell the same: a file with its sides mixed up would turn its verdicts around.
    """
    game = row.count_of("game")
    sides = (row.name_of("answer_a"), row.name_of("answer_b"))
    by_number = {1: (baseline, model), 2: (model, baseline)}
    if sides == (None, None) and game in by_number:
        return (game, *by_number[game])
    by_sides = {names: number for number, names in reversed(by_number.items())}
    told = by_sides.get(sides)  # type: ignore[arg-type]  # a side may be None: then none is told
    if told is None:
        raise row.wrong(
            f"the sides are {sides[0]!r} and {sides[1]!r} in game {game!r}, but the row lists "
            f"{model!r} against {baseline!r}",
            hint="give game (1: the baseline stands on side A, 2: the model), or both sides",
        )
    if game is not None and game != told and model != baseline:
        raise row.wrong(f"game {game} has {by_number[told][0]!r} on side A; that is game {told}")
    return (game or told, *by_number[told])


def _verdict(row: SourceRow) -> dict[str, Any]:
    verdict = row.name_of("verdict")
    if verdict is not None and verdict not in VERDICTS:
        raise row.wrong(
            f"unknown verdict {verdict!r}", hint=f"verdicts are {', '.join(VERDICTS)}, or null"
        )
    status, detail, text = row.name_of("status"), row.text_of("detail"), row.text_of("text")
    if verdict is not None:
        return {"verdict": verdict, "status": "ok", "detail": detail}
    if text is not None and status in (None, "ok"):
        return _verdict_of_text(text)
    if status == "ok":
        raise row.wrong("status ok, but neither a verdict nor a text", hint=_FORM)
    return {"verdict": None, "status": status or "not_recorded", "detail": detail}


def _verdict_of_text(text: str) -> dict[str, Any]:
    verdict, reason = parse_verdict(text)
    status = "parse_error" if verdict is None else "ok"
    return {"verdict": verdict, "status": status, "detail": reason}
