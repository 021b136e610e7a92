"""A pool in which the head is wrong about one kind of prompt: the cascade must notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from benchbuilder.cascade.learner import Learner
from benchbuilder.cascade.rounds import Asked, ask_in_rounds
from benchbuilder.observe import Silent
from benchbuilder.schemas import CRITERIA
from benchbuilder.settings import CascadeSettings

N = 400
IDS = [f"p{n:03d}" for n in range(N)]
KIND = np.arange(N) % 4  # prompts of kind 1 are good; the head believes it of kind 0
TRUTH = {name: 6 if KIND[n] == 1 else 1 for n, name in enumerate(IDS)}


def pool() -> Learner:
    believed = np.array([0.6, 0.5, 0.2, 0.1])[KIND]
    start = np.repeat(believed[:, None], len(CRITERIA), axis=1)
    jitter = np.random.default_rng(0).normal(scale=0.01, size=N)
    return Learner(start + jitter[:, None], np.eye(4)[KIND], np.zeros((N, 1)))


class Oracle:
    def __init__(self, failing: frozenset[str] = frozenset()) -> None:
        self.asked: list[list[str]] = []
        self.failing = failing

    def __call__(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        self.asked.append(list(ids))
        return [self.row(name) for name in reversed(ids)]

    def row(self, name: str) -> dict[str, Any]:
        if name in self.failing:
            return {"prompt_id": name, "status": "timeout"}
        score = TRUTH[name]
        labels = {c: place < score for place, c in enumerate(CRITERIA)}
        return {"prompt_id": name, "quality_score": score, "status": "ok", **labels}


def ask(
    oracle: Oracle, needed: int | None = None, seed: int = 0, **values: Any
) -> tuple[Asked, Silent]:
    observe = Silent()
    settings = CascadeSettings(enabled=True, **values)
    asked = ask_in_rounds(
        IDS, pool(), oracle, settings=settings, needed=needed, seed=seed, observe=observe
    )
    return asked, observe


def test_answers_correct_the_head() -> None:
    """It begins with kind 0, as the head would, and soon asks about kind 1."""
    oracle = Oracle()
    asked, _ = ask(oracle, max_share=0.4, audit_share=0.0)
    assert {name for name in oracle.asked[0] if KIND[IDS.index(name)] != 0} == set()
    assert asked.recall.found >= 95
    assert len(asked.rows) == 160
    expected = asked.expected.sum(axis=1)
    assert expected[KIND == 0].mean() < 2


def test_nobody_is_asked_twice_and_the_budget_holds() -> None:
    oracle = Oracle()
    asked, observe = ask(oracle, max_share=0.5, max_calls=90, audit_share=0.1)
    calls = [name for part in oracle.asked for name in part]
    assert len(calls) == len(set(calls)) == len(asked.rows) == 90
    assert asked.recall.audited == 9
    assert observe.figures["cascade"]["calls"] == 90


def test_it_stops_when_enough_are_found_and_audits_in_proportion() -> None:
    oracle = Oracle()
    asked, observe = ask(oracle, needed=30, max_share=1.0, audit_share=0.1)
    active = sum(map(len, oracle.asked[:-1]))
    assert asked.recall.found >= 30
    assert active < 120
    assert len(oracle.asked[-1]) == pytest.approx(active / 9, abs=1)
    assert not any("budget ended" in note for note in observe.notes)


def test_a_budget_that_ends_too_early_is_said() -> None:
    _, observe = ask(Oracle(), needed=90, max_calls=40)
    assert observe.notes[0].startswith("the model was asked about 40 of 400 prompts and found ")
    assert "the budget ended before the 90 prompts were found" in observe.notes[-1]


def test_failed_answers_teach_nothing_and_are_no_hits() -> None:
    failing = frozenset(name for n, name in enumerate(IDS) if n % 3 == 0)
    asked, _ = ask(Oracle(failing), max_share=0.4)
    scores = [row.get("quality_score") for row in asked.rows.values()]
    assert None in scores
    assert asked.recall.found == sum((score or 0) >= 5 for score in scores)
    assert asked.recall.audited <= 8


def test_the_same_seed_asks_the_same() -> None:
    first, second, other = Oracle(), Oracle(), Oracle()
    ask(first, max_share=0.3)
    ask(second, max_share=0.3)
    ask(other, max_share=0.3, seed=1)
    assert first.asked == second.asked
    assert first.asked[:-1] == other.asked[:-1]
    assert first.asked[-1] != other.asked[-1]


def test_a_larger_budget_goes_on_where_the_smaller_one_ended() -> None:
    small, large = Oracle(), Oracle()
    ask(small, max_calls=100, audit_share=0.0)
    ask(large, max_calls=200, audit_share=0.0)
    first, second = ([name for part in oracle.asked for name in part] for oracle in (small, large))
    assert second[: len(first)] == first


def test_a_budget_of_everything_finds_everything() -> None:
    asked, _ = ask(Oracle(), max_share=1.0)
    assert asked.recall.found == 100
    assert len(asked.rows) == N
