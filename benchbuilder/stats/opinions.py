"""Who is better on a question, in the opinion of a judge or of people; and do two opinions agree?

An opinion is a share: 1 means that the first model of a pair won, 0 that the second did. A judge's
is the mean over its games with a verdict, so that a judge who names the other winner when the sides
are swapped holds a tie.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.errors import InputError
from benchbuilder.stats.games import as_text, read_games
from benchbuilder.stats.verdicts import scale
from benchbuilder.stats.votes import WINNERS
from benchbuilder.stats.win_rate import normal_quantile

#: question, and two models in the order of their names.
Pair = tuple[str, str, str]
Opinions = Mapping[Pair, float]


@dataclass(frozen=True)
class OutcomeAgreement:
    """``pairs``: questions × model pairs that both have an opinion on. ``same``: the share on
    which they name the same winner or both a tie; ``decided``: pairs on which neither is a tie,
    ``same_winner`` the share of those. ``kappa``: Cohen's, over win, tie, loss. Limits are of
    ``same_winner``, with the question as the unit; all are None where there is nothing to share.
    """

    pairs: int
    same: float | None
    kappa: float | None
    decided: int
    same_winner: float | None
    lower: float | None
    upper: float | None


def opinions_of_judges(judgments: pa.Table) -> dict[str, dict[Pair, float]]:
    """By judge, from games (see ``read_games``); games of a model against itself are left out."""
    itself = pc.equal(as_text(judgments["model"]), as_text(judgments["baseline"]))
    played = judgments.filter(pc.invert(itself))
    games = read_games(played)
    baselines = as_text(played["baseline"]).to_pylist()
    score = scale("strong1").score_of_a  # from the model's side: level 0 is its clear win
    found: dict[str, dict[Pair, list[float]]] = {judge: {} for judge in games.judges}
    rows = zip(games.judge, games.prompt, games.model, games.level, baselines, strict=True)
    for judge, prompt, model, level, baseline in rows:
        if level >= 0:
            pair, share = _in_order(
                games.prompts[prompt], games.models[model], baseline, float(score[level])
            )
            found[games.judges[judge]].setdefault(pair, []).append(share)
    return {judge: _means(pairs) for judge, pairs in found.items()}


def opinions_of_votes(votes: pa.Table, names: Mapping[str, str] | None = None) -> dict[Pair, float]:
    """From votes on single questions: question_id, model_a, model_b, winner.

    ``names`` maps our model names to those of the votes.

    Raises:
        InputError: votes without questions, or an unknown winner.
    """
    if "question_id" not in votes.column_names:
        raise InputError(
            "these votes do not tell on which question they were given",
            hint="hold the leaderboard against them: benchbuilder report RUN --human FILE",
        )
    ours = {theirs: mine for mine, theirs in (names or {}).items()}
    found: dict[Pair, list[float]] = {}
    for row in votes.to_pylist():
        winner = str(row["winner"]).lower()
        if winner not in WINNERS:
            raise InputError(
                f"unknown winner {row['winner']!r} in the votes",
                hint=f"known: {', '.join(WINNERS)}",
            )
        one, two = (str(row[name]) for name in ("model_a", "model_b"))
        pair, share = _in_order(
            str(row["question_id"]), ours.get(one, one), ours.get(two, two), WINNERS[winner]
        )
        found.setdefault(pair, []).append(share)
    return _means(found)


def outcome_agreement(
    left: Opinions, right: Opinions, *, confidence: float = 0.95
) -> OutcomeAgreement:
    """How often two opinions agree on the pairs that both have."""
    shared = sorted(left.keys() & right.keys())
    outcomes = [(_sign(left[pair]), _sign(right[pair])) for pair in shared]
    decided = [(pair[0], a == b) for pair, (a, b) in zip(shared, outcomes, strict=True) if a and b]
    rate = _mean([float(same) for _, same in decided])
    reach = _reach(decided, rate, confidence)
    return OutcomeAgreement(
        pairs=len(shared),
        same=_mean([float(a == b) for a, b in outcomes]),
        kappa=_kappa(outcomes),
        decided=len(decided),
        same_winner=rate,
        lower=None if rate is None or reach is None else max(0.0, rate - reach),
        upper=None if rate is None or reach is None else min(1.0, rate + reach),
    )


def _in_order(question: str, one: str, two: str, share: float) -> tuple[Pair, float]:
    return ((question, one, two), share) if one <= two else ((question, two, one), 1 - share)


def _means(found: Mapping[Pair, list[float]]) -> dict[Pair, float]:
    return {pair: sum(shares) / len(shares) for pair, shares in found.items()}


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _sign(share: float) -> int:
    return (share > 0.5) - (share < 0.5)


def _kappa(outcomes: list[tuple[int, int]]) -> float | None:
    """Cohen's kappa; None where both always say the same one thing."""
    if not outcomes:
        return None
    total = len(outcomes)
    observed = sum(a == b for a, b in outcomes) / total
    expected = sum(
        sum(a == kind for a, _ in outcomes) * sum(b == kind for _, b in outcomes)
        for kind in (-1, 0, 1)
    ) / (total * total)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def _reach(
    decided: Iterable[tuple[str, bool]], rate: float | None, confidence: float
) -> float | None:
    """Half the interval: pairs of one question stand or fall together."""
    by_question: dict[str, list[float]] = {}
    for question, same in decided:
        by_question.setdefault(question, []).append(float(same))
    questions = len(by_question)
    if rate is None or questions < 2:
        return None
    total = sum(map(len, by_question.values()))
    spread = sum((sum(values) - rate * len(values)) ** 2 for values in by_question.values())
    error = math.sqrt(spread * questions / (questions - 1)) / total
    return normal_quantile(confidence) * error
