"""From judgments, one row per game, to what every model scored on every prompt.

``S[m, p]`` is the sum of weight × score of model m on prompt p against the baseline, ``W[m, p]``
the sum of weights. All games, answers and judges of a prompt add to the same cell, so the prompt
stays the unit that is resampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.errors import InputError
from benchbuilder.stats.absent_games import read_whole_games
from benchbuilder.stats.games import FloatArray, Games, IntArray, as_text, games_against
from benchbuilder.stats.verdicts import VERDICTS, Weighting, scale

NullGame = Literal["drop", "keep"]

# Judge factors and preferences are rounded to this step so that every sum stays exact in float64
# and no result depends on the order of summation, hence on the number of threads.
_FACTOR_STEP = 2.0**-30


@dataclass(frozen=True, eq=False)
class Battles:
    """Scores of all models against one baseline.

    ``score``, ``weight``: models × prompts; a cell without a valid game has weight 0.
    ``votes``: models × 5, surviving votes by verdict as seen from the model's side (clear win
    first), for ``resample: vote``. ``asked``: prompts with any game; ``null_games``: games without
    a verdict. Models and prompts are sorted by name, so row order never matters.
    """

    models: tuple[str, ...]
    prompts: tuple[str, ...]
    baseline: str
    judges: tuple[str, ...]
    score: FloatArray
    weight: FloatArray
    votes: FloatArray
    asked: IntArray
    null_games: IntArray
    weighting: Weighting
    null_game: NullGame
    by_preference: bool = False  # games count by the judge's preference, not by its verdict

    @property
    def used(self) -> IntArray:
        """Prompts that count, per model."""
        return np.asarray((self.weight > 0).sum(axis=1), dtype=np.int64)

    @property
    def dropped(self) -> IntArray:
        """Prompts that were played but have no valid verdict left, per model."""
        return self.asked - self.used

    @property
    def missing(self) -> IntArray:
        """Prompts that were never played, per model."""
        return len(self.prompts) - self.asked

    @property
    def coverage(self) -> FloatArray:
        """Share of the prompts that count, per model."""
        return self.used / max(len(self.prompts), 1)


def build_battles(
    judgments: pa.Table,
    *,
    baseline: str | None = None,
    prompts: Sequence[str] | None = None,
    weighting: Weighting = "strong3",
    null_game: NullGame = "drop",
    preferences: bool = True,
) -> Battles:
    """Scores per model and prompt from a judgments table (one row per game, see ``read_games``).

    Where every game with a verdict has a ``preference`` (the model's share of the win, 0 to 1),
    that is its score and its weight is 1, as AlpacaEval's continuous judges have it, unless
    ``preferences`` is False.

    ``prompts`` is the list of questions: those nobody played still count for coverage, games of
    other questions are left out; default: the questions of the table. ``baseline`` picks one where
    the table has several. Games of the baseline against itself are left out (see
    ``judge_health``).

    ``null_game="drop"`` drops both games of an answer when one has no verdict (v2 rule), or is not
    there though its judge plays both sides; ``"keep"`` keeps the valid one. Several judges: equal
    weight per judge for every model, whatever survived; the factors are those of the whole sample
    and stay fixed in a resample.

    Raises:
        SchemaError: a required column is not there.
        InputError: no games, an unknown or ambiguous baseline, an unknown verdict, or sides that
            are not the model and the baseline.
    """
    played, named = games_against(judgments, baseline)
    if prompts is not None:
        wanted = pa.array(sorted(set(prompts)), pa.string())
        played = played.filter(pc.is_in(as_text(played["question_id"]), value_set=wanted))
    played, games = read_whole_games(played, prompts)
    found = preferences_of(played) if preferences else None
    return _add_up(games, named, weighting, null_game, found)


def preferences_of(judgments: pa.Table) -> FloatArray | None:
    """The preference of every game, nan where it has no verdict; None unless all others have one.

    Raises:
        InputError: a preference outside of 0 to 1.
    """
    if "preference" not in judgments.column_names:
        return None
    verdict, preference = judgments["verdict"], pc.cast(judgments["preference"], pa.float64())
    column = pc.if_else(pc.is_valid(verdict), preference, pa.scalar(None, pa.float64()))
    if column.null_count > verdict.null_count or column.null_count == len(column):
        return None
    limits = pc.min_max(column).as_py()
    if limits["min"] < 0 or limits["max"] > 1:
        raise InputError(
            "a preference is the model's share of the win, 0 to 1; one is outside",
            hint="bring the column `preference` into 0 to 1, or leave it out",
        )
    rounded = np.round(column.to_numpy() / _FACTOR_STEP) * _FACTOR_STEP
    return np.asarray(rounded, dtype=np.float64)


def battles_from_scores(
    score: FloatArray,
    weight: FloatArray,
    models: Sequence[str],
    prompts: Sequence[str],
    *,
    baseline: str = "baseline",
) -> Battles:
    """Battles from matrices that exist already, for preferences that are no verdicts.

    ``score`` is weight × preference (0 to 1), both models × prompts. There are no votes to
    resample.
    """
    rows = np.array(sorted(range(len(models)), key=lambda i: models[i]), dtype=np.int64)
    order = np.array(sorted(range(len(prompts)), key=lambda i: prompts[i]), dtype=np.int64)
    kept = np.asarray(weight, dtype=np.float64)[np.ix_(rows, order)]
    return Battles(
        models=tuple(models[i] for i in rows),
        prompts=tuple(prompts[i] for i in order),
        baseline=baseline,
        judges=(),
        score=np.asarray(score, dtype=np.float64)[np.ix_(rows, order)],
        weight=kept,
        votes=np.zeros((len(rows), len(VERDICTS))),
        asked=(kept > 0).sum(axis=1),
        null_games=np.zeros(len(rows), dtype=np.int64),
        weighting="graded",
        null_game="drop",
    )


def select_prompts(battles: Battles, chosen: Sequence[str]) -> Battles:
    """The battles on some prompts only, for a topic or a subset.

    Only the matrices know prompts: ``votes`` and ``null_games`` become 0, ``asked`` what counts.
    """
    wanted = set(chosen)
    keep = np.array([prompt in wanted for prompt in battles.prompts], dtype=bool)
    weight = battles.weight[:, keep]
    return replace(
        battles,
        prompts=tuple(prompt for prompt in battles.prompts if prompt in wanted),
        score=battles.score[:, keep],
        weight=weight,
        votes=np.zeros_like(battles.votes),
        asked=(weight > 0).sum(axis=1),
        null_games=np.zeros_like(battles.null_games),
    )


def _add_up(
    games: Games,
    baseline: str,
    weighting: Weighting,
    null_game: NullGame,
    preferences: FloatArray | None,
) -> Battles:
    models, prompts = len(games.models), len(games.prompts)
    null = games.code < 0
    keep = ~null
    if null_game == "drop":
        keep &= np.bincount(games.record, weights=null)[games.record] == 0
    model, prompt, level = games.model[keep], games.prompt[keep], games.level[keep]
    of = scale(weighting)
    # What a verdict scores for side A, read from the model's side: level 0 is its clear win.
    weight, score, ballots = of.weight[level], of.score_of_a[level], 1.0
    if preferences is not None:
        weight, score, ballots = np.ones(len(level)), preferences[keep], 0.0
    votes = weight * _judge_factors(games.judge[keep], model, weight, len(games.judges), models)
    played = np.zeros((models, prompts), dtype=bool)
    played[games.model, games.prompt] = True
    return Battles(
        models=games.models,
        prompts=games.prompts,
        baseline=baseline,
        judges=games.judges,
        score=_sum_by(model, prompt, votes * score, (models, prompts)),
        weight=_sum_by(model, prompt, votes, (models, prompts)),
        votes=_sum_by(model, level, ballots * votes, (models, len(VERDICTS))),
        asked=played.sum(axis=1),
        null_games=np.bincount(games.model, weights=null, minlength=models).astype(np.int64),
        weighting=weighting,
        null_game=null_game,
        by_preference=preferences is not None,
    )


def _sum_by(
    row: IntArray, column: IntArray, value: FloatArray, shape: tuple[int, int]
) -> FloatArray:
    cell = row * shape[1] + column
    total = np.bincount(cell, weights=value, minlength=shape[0] * shape[1])
    return np.asarray(total, dtype=np.float64).reshape(shape)


def _judge_factors(
    judge: IntArray, model: IntArray, votes: FloatArray, judges: int, models: int
) -> FloatArray:
    """A factor per game that gives every judge of a model the same total weight."""
    if judges == 1:
        return np.ones(len(votes))
    total = _sum_by(judge, model, votes, (judges, models))
    judging = np.maximum((total > 0).sum(axis=0), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = total.sum(axis=0) / judging / total
    rounded = np.round(factor / _FACTOR_STEP) * _FACTOR_STEP
    return np.asarray(rounded[judge, model], dtype=np.float64)
