"""What an import gives, and what all importers share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from benchbuilder.schemas import JUDGMENTS
from benchbuilder.sources.answers import ERROR_TEXT
from benchbuilder.sources.rows import SourceRow
from benchbuilder.stats.absent_games import absent_games
from benchbuilder.stats.verdicts import VERDICTS
from benchbuilder.text.counting import count_of
from benchbuilder.text.verdicts import parse_verdict

_RECORD = tuple(name for name in JUDGMENTS.key if name != "game")
_NAMED_GAMES = 5
#: What to do with a file of another form.
OTHER_FORMATS = (
    "other tables of games: benchbuilder import tidy; judgments in our own form need no import: "
    "benchbuilder report FILE"
)


@dataclass(frozen=True)
class Imported:
    """The tables that were found (``schemas`` of the same names), and what a reader must know."""

    questions: pa.Table | None = None
    answers: pa.Table | None = None
    judgments: pa.Table | None = None
    notes: tuple[str, ...] = ()


def judgment_row(
    row: SourceRow, question_id: str, model: str, baseline: str, judge: str, game: int
) -> dict[str, Any]:
    """The columns of a game by its number; the outcome is laid over them."""
    side_a, side_b = (baseline, model) if game == 1 else (model, baseline)
    return {
        "question_id": question_id,
        "model": model,
        "answer_sample": row.count_of("answer_sample") or 0,
        "baseline": baseline,
        "judge": judge,
        "judge_sample": row.count_of("judge_sample") or 0,
        "game": game,
        "answer_a": side_a,
        "answer_b": side_b,
    }


def read_verdict(stored: Any, text: str | None) -> dict[str, Any]:
    """Verdict, status and detail from what was stored and, where that is unusable, the text."""
    if stored in VERDICTS:
        return {"verdict": stored, "status": "ok", "detail": None, "text": text}
    if text is not None:
        if text.strip() and not text.replace(ERROR_TEXT, "").strip():
            return {"verdict": None, "status": "server_error", "detail": "the call failed"}
        verdict, reason = parse_verdict(text)
    else:
        unlisted = f"not one of the five verdicts: {stored}"
        verdict, reason = None, unlisted if stored is not None else "no verdict in the file"
    status = "parse_error" if verdict is None else "ok"
    return {"verdict": verdict, "status": status, "detail": reason, "text": text}


def judgments_of(
    rows: Iterable[dict[str, Any]], *, one_game: bool = False
) -> tuple[pa.Table | None, tuple[str, ...]]:
    """The judgments table and its notes; None where there are no rows.

    A game that is there twice counts as it stands last; with ``one_game`` (a format that plays one
    game a question) so does an answer that is there twice. Where the judge plays both sides, an
    answer that lacks a game gets a row for it (``not_recorded``), so that a hole is a hole and no
    single game counts for two.
    """
    names = _RECORD if one_game else JUDGMENTS.key
    games: dict[tuple[Any, ...], dict[str, Any]] = {}
    repeated = 0
    for row in rows:
        key = tuple(row[name] for name in names)
        repeated += key in games
        games[key] = row
    if not games:
        return None, ()
    found = pa.Table.from_pylist(list(games.values()), schema=JUDGMENTS.schema)
    absent = absent_games(found)
    notes = [f"{count_of(repeated, 'game')} there before; the last one counts"] if repeated else []
    if absent.num_rows:
        notes.append(_told_absent(absent))
    reasons = Counter(row["detail"] for row in games.values() if row["verdict"] is None)
    notes += [
        f"{count_of(count, 'game')} without a verdict: {why}"
        for why, count in reasons.most_common()
    ]
    return pa.concat_tables([found, absent]), tuple(notes)


def _told_absent(absent: pa.Table) -> str:
    named = "; ".join(
        f"{row['model']} on {row['question_id']}, game {row['game']}"
        for row in absent.slice(0, _NAMED_GAMES).to_pylist()
    )
    more = ", …" if absent.num_rows > _NAMED_GAMES else ""
    return f"{count_of(absent.num_rows, 'game')} not in the file: {named}{more}"
