"""Games that are not in a judgments table though their judge plays both sides.

A judge that has both games of any answer plays both sides; an answer of which it has one game only
has a hole, as if the other game had no verdict. Where every answer has one game
(``positions: alternate``, AlpacaEval), one game is all there is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.stats.games import BoolArray, Games, IntArray, as_text, read_games

NOT_RECORDED = "not_recorded"
_DETAIL = "only the other game of this pair is there"
_OF_THE_ANSWER = ("question_id", "model", "answer_sample", "baseline", "judge", "judge_sample")


def absent_games(judgments: pa.Table) -> pa.Table:
    """A row without a verdict for every absent game of the judgments (see ``read_games``).

    Their columns are those of the judgments: sides swapped, status ``not_recorded``, null
    elsewhere. Games of a model against itself are left alone: both of them are one to the judge.
    """
    itself = pc.equal(as_text(judgments["model"]), as_text(judgments["baseline"]))
    played = judgments.filter(pc.invert(itself))
    return _other_games(played, _games_alone(read_games(played)))


def read_whole_games(
    played: pa.Table, prompts: Sequence[str] | None = None
) -> tuple[pa.Table, Games]:
    """Games between different models, absent ones last, and their codes (``read_games``)."""
    games = read_games(played, prompts)
    alone = _games_alone(games)
    if not len(alone):
        return played, games
    whole = pa.concat_tables([played, _other_games(played, alone)])
    return whole, read_games(whole, prompts)


def _games_alone(games: Games) -> IntArray:
    """Places of the games whose other side is absent."""
    records = int(games.record.max(initial=-1)) + 1
    on_a = _count(games.record, games.model_on_a, records)
    on_b = _count(games.record, ~games.model_on_a, records)
    whole = ((on_a > 0) & (on_b > 0))[games.record]
    plays_both = _count(games.judge, whole, len(games.judges)) > 0
    return np.flatnonzero(plays_both[games.judge] & ~whole)


def _other_games(judgments: pa.Table, alone: IntArray) -> pa.Table:
    """For each of these games the one with sides swapped, which is not there."""
    found = judgments.take(alone)
    columns = {name: found[name] for name in _OF_THE_ANSWER if name in found.column_names}
    columns |= {"answer_a": found["answer_b"], "answer_b": found["answer_a"]}
    if "game" in found.column_names:
        columns["game"] = pc.subtract(pa.scalar(3, found["game"].type), found["game"])
    told = {"status": NOT_RECORDED, "detail": _DETAIL}
    made = [
        columns[field.name].cast(field.type)
        if field.name in columns
        else pa.array([told.get(field.name)] * len(alone), field.type)
        for field in found.schema
    ]
    return pa.Table.from_arrays(made, schema=found.schema)


def _count(group: IntArray, counted: BoolArray, size: int) -> IntArray:
    return np.bincount(group[counted], minlength=size)
