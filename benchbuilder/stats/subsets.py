"""Subsets of a pool of prompts that a selection is held against, all of its size.

``random``          from the whole pool: what chance would give
``length_matched``  from the whole pool, as many from each tenth of lengths as the selection has
``unselected``      from what the selection left behind: shares no prompt with it
``easiest``         the lowest scores, ties broken at random
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from benchbuilder.stats.games import BoolArray, FloatArray, IntArray

Kind = Literal["random", "length_matched", "unselected", "easiest"]
KINDS: tuple[Kind, ...] = ("random", "length_matched", "unselected", "easiest")

LENGTH_GROUPS = 10


def draw_subset(
    kind: Kind,
    selected: BoolArray,
    rng: np.random.Generator,
    *,
    length: FloatArray | None = None,
    score: FloatArray | None = None,
) -> IntArray:
    """Places in the pool of one subset of the selection's size, sorted.

    ``selected``, ``length``, ``score``: one entry per prompt of the pool; a prompt without a score
    (nan) is no candidate for the easiest.

    Raises:
        ValueError: a kind that ``missing`` speaks against.
    """
    why = missing(kind, selected, length=length, score=score)
    if why:
        raise ValueError(why)
    size, pool = int(selected.sum()), len(selected)
    if kind == "length_matched":
        assert length is not None
        return _as_in_selection(_groups(length), selected, rng)
    if kind == "easiest":
        assert score is not None
        shuffled = rng.permutation(pool)
        return np.sort(shuffled[np.argsort(score[shuffled], kind="stable")][:size])
    candidates = np.arange(pool) if kind == "random" else np.flatnonzero(~selected)
    return np.sort(rng.choice(candidates, size=size, replace=False))


def missing(
    kind: Kind,
    selected: BoolArray,
    *,
    length: FloatArray | None = None,
    score: FloatArray | None = None,
) -> str | None:
    """Why there can be no subset of this kind; None when there can."""
    size = int(selected.sum())
    if kind == "length_matched" and (length is None or np.isnan(length).any()):
        return "the length of each prompt is not known"
    if kind == "unselected" and len(selected) - size < size:
        return f"only {len(selected) - size} prompts were left behind"
    if kind == "easiest" and (score is None or int((~np.isnan(score)).sum()) < size):
        return "not enough prompts have a score"
    return None


def _groups(length: FloatArray) -> IntArray:
    """The tenth of the pool that each prompt's length falls into, equal lengths in one group."""
    limits = np.quantile(length, np.linspace(0, 1, LENGTH_GROUPS + 1)[1:-1])
    return np.searchsorted(limits, length, side="left").astype(np.int64)


def _as_in_selection(group: IntArray, selected: BoolArray, rng: np.random.Generator) -> IntArray:
    def parts() -> Iterator[IntArray]:
        for name in np.unique(group[selected]):
            members = np.flatnonzero(group == name)
            yield rng.choice(members, size=int(selected[members].sum()), replace=False)

    return np.sort(np.concatenate(list(parts())))
