"""Several annotators of one prompt: the majority decides, criterion by criterion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.errors import ConfigError
from benchbuilder.schemas import CRITERIA

NOT_ASKED = "not_asked"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Vote:
    """What the annotators say of a prompt together.

    ``score`` is null where a criterion has no value from anybody; ``reason`` then says why.
    ``promise`` is the mean of the annotators' expected scores (the sums of the probabilities),
    null where none gives any.
    """

    score: int | None
    promise: float | None
    reason: str | None = None


def count_votes(annotations: pa.Table, annotators: Sequence[str] | None = None) -> dict[str, Vote]:
    """The vote on every annotated prompt, by ``prompt_id``.

    A criterion holds when more than half of those who gave it a value say so; a tie is a no, since
    nobody should enter a benchmark on half of the votes. Nulls do not vote. A prompt that one of
    the annotators was never asked about (two stages, a cascade) has no score.

    Raises:
        ConfigError: ``annotators`` names one that is not in the table.
    """
    present = set(annotations["annotator"].to_pylist())
    for name in annotators or ():
        if name not in present:
            raise ConfigError(
                f"`sample.annotators`: {name!r} has no annotations",
                hint=f"there are: {', '.join(sorted(present))}",
            )
    if annotators is not None:
        annotations = annotations.filter(pc.is_in(annotations["annotator"], pa.array(annotators)))
    prompts = pc.dictionary_encode(annotations["prompt_id"]).combine_chunks()
    ballots = _Ballots(prompts.indices.to_numpy(), len(prompts.dictionary))
    scores = np.zeros(ballots.prompts)
    for criterion in CRITERIA:
        column = annotations[criterion]
        known = ballots.total(pc.is_valid(column))
        yes = ballots.total(pc.fill_null(column, False))
        scores += np.where(known > 0, 2 * yes > known, np.nan)
    spared = ballots.total(pc.equal(annotations["status"], NOT_ASKED)) > 0
    promises = ballots.mean(
        sum(np.asarray(annotations[f"p_{c}"].to_numpy(), dtype=np.float64) for c in CRITERIA)
    )
    rows = zip(
        prompts.dictionary.to_pylist(),
        scores.tolist(),
        spared.tolist(),
        promises.tolist(),
        strict=True,
    )
    return {name: _vote(score, was_spared, promise) for name, score, was_spared, promise in rows}


def majorities(annotations: pa.Table, annotators: Sequence[str] | None = None) -> pa.Table:
    """``prompt_id`` and the seven criteria as the annotators together see them (as in
    ``count_votes``); null where nobody gave a value, or one was never asked."""
    if annotators is not None:
        annotations = annotations.filter(pc.is_in(annotations["annotator"], pa.array(annotators)))
    prompts = pc.dictionary_encode(annotations["prompt_id"]).combine_chunks()
    ballots = _Ballots(prompts.indices.to_numpy(), len(prompts.dictionary))
    spared = ballots.total(pc.equal(annotations["status"], NOT_ASKED)) > 0
    columns: dict[str, Any] = {"prompt_id": prompts.dictionary}
    for criterion in CRITERIA:
        known = ballots.total(pc.is_valid(annotations[criterion]))
        yes = ballots.total(pc.fill_null(annotations[criterion], False))
        columns[criterion] = pa.array(2 * yes > known, mask=spared | (known == 0))
    return pa.table(columns)


def _vote(score: float, was_spared: bool, promise: float) -> Vote:
    expected = None if math.isnan(promise) else promise
    if was_spared:
        return Vote(None, expected, NOT_ASKED)
    return Vote(None, expected, "no_score") if math.isnan(score) else Vote(int(score), expected)


class _Ballots:
    """Sums over the rows of each prompt."""

    def __init__(self, codes: npt.NDArray[np.integer[Any]], prompts: int) -> None:
        self._codes, self.prompts = codes, prompts

    def total(self, flags: pa.ChunkedArray) -> Floats:
        """How many rows of each prompt are true."""
        values = flags.to_numpy().astype(np.float64)
        return np.asarray(
            np.bincount(self._codes, weights=values, minlength=self.prompts), dtype=np.float64
        )

    def mean(self, values: Any) -> Floats:
        """The mean of each prompt's rows that are not nan; rounded, so that the order in which
        they are summed does not show."""
        known = ~np.isnan(values)
        sums = np.bincount(self._codes, weights=np.where(known, values, 0), minlength=self.prompts)
        counts = np.bincount(self._codes, weights=known, minlength=self.prompts)
        means = np.divide(sums, counts, out=np.full(self.prompts, np.nan), where=counts > 0)
        return np.asarray(np.round(means, 6))
