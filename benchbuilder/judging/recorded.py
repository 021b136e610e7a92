"""A judge that was asked before: judgments from a file, played again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from benchbuilder.errors import InputError
from benchbuilder.judging.games import Game
from benchbuilder.judging.outcome import Outcome, outcome_of_text
from benchbuilder.schemas import JUDGMENTS

_KEY = [name for name in JUDGMENTS.key if name != "judge"]


class RecordedJudge:
    """Answers games from a judgments table. ``name`` is the judge whose judgments they are."""

    def __init__(self, name: str, rows: dict[tuple[Any, ...], dict[str, Any]]) -> None:
        self.name = name
        self._rows = rows

    def __call__(self, games: Sequence[Game]) -> list[Outcome]:
        """One outcome per game; ``not_recorded`` where the file has no such game."""
        return [self._play(game) for game in games]

    def _play(self, game: Game) -> Outcome:
        key = game.key()
        row = self._rows.get(tuple(key[name] for name in _KEY))
        if row is None:
            return Outcome("not_recorded", detail="not among the recorded judgments")
        known = {name: row[name] for name in ("text", "tokens", "cost_usd")}
        known["preference"] = row["preference"]
        if row["text"] is None:
            return Outcome(row["status"], row["verdict"], row["detail"], **known)
        return outcome_of_text(**known)


def recorded_judge(judgments: pa.Table, judge: str | None = None) -> RecordedJudge:
    """A judge from a judgments table (``schemas.JUDGMENTS``, see ``sources.judgments``).

    A game is found by question, model, samples, baseline and number; where the text was kept it is
    parsed anew. ``judge`` picks one of several.

    Raises:
        InputError: no judgments, several judges and none picked, or a game that is there twice.
    """
    names = sorted(set(judgments["judge"].to_pylist()))
    if not names:
        raise InputError(
            "the recorded judgments are empty", hint="--recorded FILE: a file that holds games"
        )
    if judge is None and len(names) > 1:
        raise InputError(
            f"the recorded judgments are of {len(names)} judges: {', '.join(names)}",
            hint=f"name one of them, such as --judge recorded:{names[0]}",
        )
    chosen = names[0] if judge is None else judge
    if chosen not in names:
        raise InputError(
            f"no recorded judgments of the judge {chosen!r}",
            hint=f"--judge recorded:NAME, one of: {', '.join(names)}",
        )
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in judgments.to_pylist():
        key = tuple(row[name] for name in _KEY)
        if row["judge"] != chosen:
            continue
        if key in rows:
            named = ", ".join(f"{name} {row[name]!r}" for name in _KEY)
            raise InputError(
                f"the recorded judgments hold a game twice: {named}",
                hint="give files of which each game is in one only, or delete a row",
            )
        rows[key] = row
    return RecordedJudge(chosen, rows)
