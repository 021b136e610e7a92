"""The rounds of a cascade: a seed, then the most promising prompts, then the audit."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchbuilder.cascade.audit import Recall, estimate_recall
from benchbuilder.cascade.learner import Floats, Learner, Places
from benchbuilder.observe import Observer
from benchbuilder.schemas import CRITERIA
from benchbuilder.settings import CascadeSettings

Row = dict[str, Any]
Ask = Callable[[Sequence[str]], Sequence[Row]]

SMALLEST_ROUND = 10
"""Calls of a round at least: they go out side by side, and training takes time, too."""


@dataclass(frozen=True)
class Asked:
    """The answered rows by prompt_id, what is expected of every prompt (n, 7), and the recall."""

    rows: dict[str, Row]
    expected: Floats
    recall: Recall


def ask_in_rounds(
    prompt_ids: Sequence[str],
    learner: Learner,
    ask: Ask,
    *,
    settings: CascadeSettings,
    needed: int | None,
    seed: int,
    observe: Observer,
) -> Asked:
    """Ask about the most promising prompts first, and learn from every round.

    ``prompt_ids`` must be sorted, in the order of the learner's pool. ``ask`` returns one
    annotation row for each id; rows without a score teach nothing and are no hits. It stops when
    ``needed`` prompts with ``min_score`` are found (None: never) or the budget is used; a share of
    the calls is kept for the audit, whose prompts are drawn at random from all that are left.
    """
    books = _Books(prompt_ids, ask, settings.min_score)
    budget = _budget(settings, len(prompt_ids))
    active = budget - math.ceil(settings.audit_share * budget)
    expected = learner.expected(*books.labels())
    while books.calls < active and (needed is None or books.hits < needed):
        # The budget decides where the rounds end, not how they go: a larger one goes on from there.
        most = max(SMALLEST_ROUND, math.ceil(settings.growth * books.calls))
        most = most if books.calls else settings.seed_calls
        books.ask(books.most_promising(expected, min(most, active - books.calls)))
        expected = learner.expected(*books.labels())
        observe.progress(books.calls, budget)
    recall = _audit(books, settings.audit_share, budget - books.calls, seed)
    observe.progress(books.calls, books.calls)
    _tell(recall, books, settings, needed, len(prompt_ids), observe)
    return Asked(books.rows, learner.expected(*books.labels()), recall)


def _budget(settings: CascadeSettings, prompts: int) -> int:
    most = math.ceil(settings.max_share * prompts)
    return min(prompts, most if settings.max_calls is None else min(most, settings.max_calls))


def _audit(books: _Books, share: float, most: int, seed: int) -> Recall:
    """Ask about a random part of what is left: ``share`` of all calls, ``most`` at most."""
    left = len(books.ids) - books.calls
    size = min(left, most, math.ceil(books.calls * share / (1 - share)))
    before = books.hits
    rows = books.ask(books.by_lot(size, seed))
    answered = sum(row.get("quality_score") is not None for row in rows)
    return estimate_recall(books.hits, left, answered, books.hits - before)


class _Books:
    """Who was asked, what came of it, and who is next."""

    def __init__(self, ids: Sequence[str], ask: Ask, min_score: float) -> None:
        self.ids = ids
        self.rows: dict[str, Row] = {}
        self._ask = ask
        self._min_score = min_score
        self._place = {prompt_id: place for place, prompt_id in enumerate(ids)}
        self._labelled: list[str] = []

    @property
    def calls(self) -> int:
        return len(self.rows)

    @property
    def hits(self) -> int:
        scores = (self.rows[i]["quality_score"] for i in self._labelled)
        return sum(score >= self._min_score for score in scores)

    def ask(self, ids: Sequence[str]) -> Sequence[Row]:
        rows = self._ask(ids) if ids else []
        for row in rows:
            self.rows[row["prompt_id"]] = row
        self._labelled += [row["prompt_id"] for row in rows if row.get("quality_score") is not None]
        return rows

    def labels(self) -> tuple[Places, Floats]:
        """Places (m,) and labels (m, 7) of the prompts that have an answer."""
        places = np.array([self._place[i] for i in self._labelled], dtype=np.intp)
        labels = [[float(self.rows[i][c]) for c in CRITERIA] for i in self._labelled]
        return places, np.array(labels, dtype=np.float64).reshape(len(places), len(CRITERIA))

    def most_promising(self, expected: Floats, count: int) -> list[str]:
        """The prompts with the highest expected scores of those not asked yet; ties by id."""
        order = np.argsort(-np.round(expected.sum(axis=1), 6), kind="stable")
        left = (self.ids[place] for place in order.tolist() if self.ids[place] not in self.rows)
        return [name for name, _ in zip(left, range(count), strict=False)]

    def by_lot(self, count: int, seed: int) -> list[str]:
        """Prompts drawn at random from those not asked yet."""
        left = [name for name in self.ids if name not in self.rows]
        return sorted(left, key=lambda name: _lot(seed, name))[:count]


def _lot(seed: int, name: str) -> str:
    return hashlib.sha256(f"audit {seed}:{name}".encode()).hexdigest()


def _tell(
    recall: Recall,
    books: _Books,
    settings: CascadeSettings,
    needed: int | None,
    prompts: int,
    observe: Observer,
) -> None:
    observe.figure("cascade", {"calls": books.calls, "prompts": prompts, **recall.to_dict()})
    observe.note(
        f"the model was asked about {books.calls:,} of {prompts:,} prompts and found "
        f"{recall.found:,} with a score of {settings.min_score:g} or more"
    )
    if recall.value is not None and recall.lower is not None and recall.upper is not None:
        observe.note(
            f"that is an estimated {recall.value:.0%} of all such prompts "
            f"({recall.confidence:.0%} interval {recall.lower:.0%} to {recall.upper:.0%}, from "
            f"{recall.audited:,} prompts drawn at random from the rest)"
        )
    if needed is not None and recall.found < needed:
        observe.note(
            f"the budget ended before the {needed:,} prompts were found that sampling can use; "
            "raise annotate.cascade.max_share or max_calls for more"
        )
