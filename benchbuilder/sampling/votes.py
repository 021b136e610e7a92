"""Several annotators of one prompt: the majority decides, criterion by criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from benchbuilder.errors import ConfigError
from benchbuilder.schemas import CRITERIA

NOT_ASKED = "not_asked"


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
    columns = ["prompt_id", "annotator", "status", *CRITERIA, *[f"p_{c}" for c in CRITERIA]]
    ballots: dict[str, list[dict[str, object]]] = {}
    for row in annotations.select(columns).to_pylist():
        if annotators is None or row["annotator"] in annotators:
            ballots.setdefault(row["prompt_id"], []).append(row)
    return {prompt_id: _count(rows) for prompt_id, rows in ballots.items()}


def _count(rows: list[dict[str, object]]) -> Vote:
    promise = _promise(rows)
    if any(row["status"] == NOT_ASKED for row in rows):
        return Vote(None, promise, NOT_ASKED)
    score = 0
    for criterion in CRITERIA:
        values = [row[criterion] for row in rows if row[criterion] is not None]
        if not values:
            return Vote(None, promise, "no_score")
        score += 2 * sum(bool(value) for value in values) > len(values)
    return Vote(score, promise)


def _promise(rows: list[dict[str, object]]) -> float | None:
    """Summed in the order of the annotators' names: the order of rows never matters."""
    sums = []
    for row in sorted(rows, key=lambda row: str(row["annotator"])):
        values = [row[f"p_{criterion}"] for criterion in CRITERIA]
        known = [value for value in values if isinstance(value, float)]
        if len(known) == len(CRITERIA):
            sums.append(sum(known))
    return sum(sums) / len(sums) if sums else None
