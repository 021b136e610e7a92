"""A small world in which the criteria follow from the text, and vectors know half of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from benchbuilder.distilled.quality import cross_validate
from benchbuilder.distilled.scorecard import Quality
from benchbuilder.schemas import CRITERIA


class World(NamedTuple):
    texts: list[str]
    labels: npt.NDArray[np.bool_]
    vectors: npt.NDArray[np.float32]


TOPICS = ("poem", "kernel driver", "tax form", "soup", "proof", "holiday", "enzyme", "chess game")
ASKS = ("Tell me about", "You must implement", "Why is there", "Compare", "Write about")
CLAUSES = ("at most 5 ms", "without sugar", "for two people", "in plain words", "with an example",
           "before Monday", "and check each step", "on a budget of 90 dollars", "as a table",
           "but not in French", "assuming gravity", "for a child", "using a heap")  # fmt: skip


def build(rows: int, seed: int) -> World:
    """The harder a prompt, the more clauses it has and the more criteria it meets."""
    rng = np.random.default_rng(seed)
    difficulty = rng.random(rows)
    texts: list[str] = []
    for hard in difficulty:
        ask, topic = rng.choice(ASKS), rng.choice(TOPICS)
        clauses = rng.choice(CLAUSES, size=int(8 * hard), replace=False)
        texts.append(", ".join([f"{ask} the {topic}", *clauses]))
    noise = rng.normal(0, 0.15, (rows, len(CRITERIA)))
    labels = difficulty[:, None] + noise > np.linspace(0.2, 0.85, len(CRITERIA))
    vectors = rng.normal(0, 1, (rows, 16))
    vectors[:, 0] += 4 * difficulty
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return World(texts, labels, vectors.astype(np.float32))


@pytest.fixture(scope="session")
def world() -> World:
    return build(240, seed=1)


@pytest.fixture(scope="session")
def unseen() -> World:
    return build(240, seed=2)


@pytest.fixture(scope="session")
def validated(world: World) -> Quality:
    return cross_validate(world.texts, world.labels, world.vectors, encoder="e", seed=7)
