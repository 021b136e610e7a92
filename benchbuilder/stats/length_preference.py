"""Does a judge prefer the longer answer?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.stats.games import FloatArray, as_text, read_games
from benchbuilder.stats.verdicts import VERDICTS

_TIE = VERDICTS.index("A=B")


@dataclass(frozen=True)
class LengthPreference:
    """Share of decided games of unequal length that the longer answer won."""

    games: int
    longer_wins: float | None
    unknown: int  # decided games without both token counts


def length_preference(judgments: pa.Table, answers: pa.Table) -> LengthPreference:
    """Joined on (question_id, model, sample); of the baseline it is sample 0.

    ``answers``: question_id, model, tokens and optionally sample.
    """
    games = read_games(judgments)
    tokens_a, tokens_b = (_tokens(judgments, side, answers) for side in ("answer_a", "answer_b"))
    decided = (games.code >= 0) & (games.code != _TIE)
    known = decided & ~np.isnan(tokens_a) & ~np.isnan(tokens_b)
    unequal = known & (tokens_a != tokens_b)
    longer_won = (tokens_a > tokens_b) == (games.code < _TIE)
    return LengthPreference(
        games=int(unequal.sum()),
        longer_wins=float(longer_won[unequal].mean()) if unequal.any() else None,
        unknown=int(decided.sum() - known.sum()),
    )


def _tokens(judgments: pa.Table, side: str, answers: pa.Table) -> FloatArray:
    """Tokens of the answer on one side of every game; nan where unknown."""
    samples = "sample" in answers.column_names
    known = pa.table(
        {
            "question": as_text(answers["question_id"]),
            "model": as_text(answers["model"]),
            "sample": pc.cast(answers["sample"], pa.int64()) if samples else _zeros(answers),
            "tokens": pc.cast(answers["tokens"], pa.float64()),
        }
    )
    name = as_text(judgments[side])
    sample = _zeros(judgments)
    if "answer_sample" in judgments.column_names:
        of_model = pc.equal(name, as_text(judgments["model"]))
        sample = pc.if_else(of_model, pc.cast(judgments["answer_sample"], pa.int64()), sample)
    wanted = pa.table(
        {
            "question": as_text(judgments["question_id"]),
            "model": name,
            "sample": sample,
            "row": np.arange(len(judgments)),
        }
    )
    joined = wanted.join(known, ["question", "model", "sample"]).sort_by("row")
    return np.asarray(joined["tokens"].to_numpy(), dtype=np.float64)


def _zeros(table: pa.Table) -> pa.Array:
    return pa.array(np.zeros(len(table), dtype=np.int64))
