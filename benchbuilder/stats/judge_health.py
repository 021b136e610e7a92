"""Can this judge be trusted? Checks that need no human label.

Every share stands beside the number of games or pairs that it is a share of; a share of nothing is
None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.stats.absent_games import read_whole_games
from benchbuilder.stats.games import BoolArray, FloatArray, Games, IntArray, as_text, read_games
from benchbuilder.stats.length_preference import LengthPreference, length_preference
from benchbuilder.stats.verdicts import VERDICTS, scale

_TIE = VERDICTS.index("A=B")


@dataclass(frozen=True)
class FirstSide:
    """How often side A won, lost and tied among ``games``; ``None`` without games."""

    games: int
    first_wins: float | None
    second_wins: float | None
    ties: float | None


@dataclass(frozen=True)
class SelfPlay:
    """The baseline against itself: whatever is not a tie is noise or position bias."""

    games: int
    win_rate: float | None  # of the "model" side, ½ for a judge without noise
    standard_error: float | None
    ties: float | None
    first_side: float | None  # mean score of side A minus ½


@dataclass(frozen=True)
class JudgeHealth:
    """``position_bias`` is the mean score of side A minus ½ over answers with two valid games, so
    that the models' strength cancels: +0.06 means that standing first is worth 6 points.
    ``pairs`` counts those answers: the games of a pair name the same winner
    (``swap_agreement``), opposite ones (``flip_fraction``), or one of them is a tie (the rest).
    ``null_fraction`` and ``by_reason`` are over all ``games``."""

    games: int
    pairs: int
    position_bias: float | None
    baseline_first: FirstSide
    baseline_second: FirstSide
    swap_agreement: float | None
    flip_fraction: float | None
    tie_fraction: float | None
    null_fraction: float | None
    by_reason: Mapping[str, int]
    coverage: Mapping[str, float]
    length: LengthPreference | None
    self_play: SelfPlay | None


def judge_health(judgments: pa.Table, *, answers: pa.Table | None = None) -> JudgeHealth:
    """All checks of one judgments table (see ``read_games``; ``status`` gives the reasons).

    ``answers`` (question_id, model, tokens, optionally sample) adds the length preference. Games
    of a model against itself are counted apart, as ``self_play``. A game that is not there though
    its judge plays both sides is one without a verdict (``not_recorded``).
    """
    itself = pc.equal(as_text(judgments["model"]), as_text(judgments["baseline"]))
    own = judgments.filter(itself)
    played, games = read_whole_games(judgments.filter(pc.invert(itself)))
    valid = games.code >= 0
    first, second = _pairs(games)
    winners = np.sign(games.level - _TIE)  # from the model's side: -1 won, 0 tied, 1 lost
    return JudgeHealth(
        games=len(valid),
        pairs=len(first),
        position_bias=_share(_score_of_a(games)[np.concatenate([first, second])], minus=0.5),
        baseline_first=_first_side(games.code[valid & ~games.model_on_a]),
        baseline_second=_first_side(games.code[valid & games.model_on_a]),
        swap_agreement=_share(winners[first] == winners[second]),
        flip_fraction=_share(winners[first] * winners[second] == -1),
        tie_fraction=_share(games.code[valid] == _TIE),
        null_fraction=_share(~valid),
        by_reason=_reasons(played),
        coverage=_coverage(games),
        length=None if answers is None else length_preference(played, answers),
        self_play=self_play(own) if len(own) else None,
    )


def self_play(judgments: pa.Table) -> SelfPlay:
    """The free A/A test: games of the baseline against itself, error by prompt."""
    games = read_games(judgments)
    valid = games.code >= 0
    of_a = _score_of_a(games)
    of_model = np.where(games.model_on_a, of_a, 1 - of_a)
    prompts = len(games.prompts)
    total = np.bincount(games.prompt[valid], weights=of_model[valid], minlength=prompts)
    played = np.bincount(games.prompt[valid], minlength=prompts)
    rate = _share(of_model[valid])
    count, error = int((played > 0).sum()), None
    if rate is not None and count > 1:
        spread = ((total - rate * played) ** 2).sum() * count / (count - 1)
        error = float(np.sqrt(spread) / played.sum())
    return SelfPlay(
        games=int(valid.sum()),
        win_rate=rate,
        standard_error=error,
        ties=_share(games.code[valid] == _TIE),
        first_side=_share(of_a[valid], minus=0.5),
    )


def _pairs(games: Games) -> tuple[IntArray, IntArray]:
    """Places of the two valid games of every answer that was judged from both sides."""
    valid = np.flatnonzero(games.code >= 0)
    order = valid[np.lexsort((games.model_on_a[valid], games.record[valid]))]
    follows = games.record[order[1:]] == games.record[order[:-1]]
    swapped = games.model_on_a[order[1:]] & ~games.model_on_a[order[:-1]]
    place = np.flatnonzero(follows & swapped)
    return order[place], order[place + 1]


def _score_of_a(games: Games) -> FloatArray:
    return np.asarray(scale("strong1").score_of_a[games.code], dtype=np.float64)


def _first_side(code: IntArray) -> FirstSide:
    return FirstSide(len(code), _share(code < _TIE), _share(code > _TIE), _share(code == _TIE))


def _coverage(games: Games) -> dict[str, float]:
    """Share of the prompts on which a model has at least one valid game."""
    seen = np.zeros((len(games.models), len(games.prompts)), dtype=bool)
    valid = games.code >= 0
    seen[games.model[valid], games.prompt[valid]] = True
    share = seen.sum(axis=1) / max(len(games.prompts), 1)
    return {model: float(part) for model, part in zip(games.models, share, strict=True)}


def _reasons(judgments: pa.Table) -> dict[str, int]:
    """Games without a verdict by status."""
    null = judgments.filter(pc.is_null(judgments["verdict"]))
    if "status" not in judgments.column_names:
        return {"unknown": len(null)} if len(null) else {}
    counted = pc.value_counts(pc.fill_null(as_text(null["status"]), "unknown")).to_pylist()
    return {str(row["values"]): int(row["counts"]) for row in sorted(counted, key=_by_count)}


def _by_count(row: Mapping[str, int | str]) -> tuple[int, str]:
    return -int(row["counts"]), str(row["values"])


def _share(values: BoolArray | FloatArray, *, minus: float = 0.0) -> float | None:
    return float(values.mean()) - minus if len(values) else None
