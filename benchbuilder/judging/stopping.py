"""Judging a model no further once it is certainly out of the top k.

Questions come in blocks, in an order that depends on nothing but their ids. After each block all
models are compared by rules that hold at every look (``stats.sequential``); who is out is left out
of the blocks that follow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.judging.games import Game
from benchbuilder.schemas import JUDGMENTS
from benchbuilder.stats.battles import Battles, build_battles
from benchbuilder.stats.sequential import certainly_out, sequential_interval
from benchbuilder.stats.win_rate import normal_quantile, win_rates

STOPPED = "stopped"


def blocks_of(games: Iterable[Game], questions: int) -> Iterator[list[Game]]:
    """The games in blocks of so many questions, drawn as if at random.

    A sorted file may have its hard questions last; the order of digests has not.
    """
    by_question: dict[str, list[Game]] = {}
    for game in games:
        by_question.setdefault(game.question["question_id"], []).append(game)
    order = sorted(by_question, key=lambda name: hashlib.sha256(name.encode()).digest())
    for start in range(0, len(order), questions):
        yield [game for name in order[start : start + questions] for game in by_question[name]]


class TopK:
    """Who is still in; ``stopped`` maps models that are out to how many questions they played."""

    def __init__(self, stop: str, *, baseline: str, planned: int) -> None:
        self.top = int(stop.removeprefix("top-"))
        self.stopped: dict[str, int] = {}
        self._baseline = baseline
        self._planned = planned
        self._seen: list[pa.RecordBatch] = []
        self._battles: Battles | None = None

    def look(self, judged: Sequence[pa.RecordBatch]) -> None:
        """Add a block of judgments (``schemas.JUDGMENTS``) and see who is out now."""
        self._seen += judged
        games = pa.Table.from_batches(self._seen, schema=JUDGMENTS.schema)
        self._battles = battles = build_battles(games, baseline=self._baseline)
        still = [place for place, name in enumerate(battles.models) if name not in self.stopped]
        score, weight = battles.score[still], battles.weight[still]
        out = certainly_out(score, weight, top=self.top, planned=self._planned)
        for place, is_out in zip(still, out, strict=True):
            if is_out:
                self.stopped[battles.models[place]] = int(battles.used[place])

    def widths(self) -> tuple[float, float] | None:
        """What stopping cost: the mean width of the sequential intervals of models that are out,
        and the width that all their games would have been expected to give. None: nobody is out."""
        if self._battles is None or not self.stopped:
            return None
        battles = self._battles
        rows = [place for place, name in enumerate(battles.models) if name in self.stopped]
        _, lower, upper = sequential_interval(
            battles.score[rows], battles.weight[rows], planned=self._planned
        )
        error = win_rates(battles).standard_error[rows]
        whole = error * np.sqrt(battles.used[rows] / self._planned) * 2 * normal_quantile(0.95)
        return float(np.mean(upper - lower)), float(np.mean(whole))


def stopped_models(judgments: pa.Table) -> dict[str, int]:
    """Models that were stopped, with the questions they were judged on (``schemas.JUDGMENTS``).

    Their win rates need ``stats.sequential.sequential_interval``, and they stay out of
    separability: they were not observed as far as the others.
    """
    games = judgments.select(["model", "question_id", "status"]).to_pylist()
    stopped = {game["model"] for game in games if game["status"] == STOPPED}
    played: dict[str, set[str]] = {name: set() for name in sorted(stopped)}
    for game in games:
        if game["model"] in stopped and game["status"] != STOPPED:
            played[game["model"]].add(game["question_id"])
    return {name: len(questions) for name, questions in played.items()}


def without_stopped(judgments: pa.Table) -> pa.Table:
    """The judgments without games that were never meant to be played any more."""
    return judgments.filter(pc.not_equal(judgments["status"], STOPPED))
