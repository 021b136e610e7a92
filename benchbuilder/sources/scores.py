"""Scores of benchmarks that were run elsewhere: one row per model, with limits.

Columns: ``model``, ``score``, ``lower``, ``upper``; optionally ``benchmark`` (several in one file),
``mean`` and ``variance`` of the score over bootstrap rounds, ``questions`` and ``cost_usd`` of the
whole benchmark. CSV, TSV, JSONL, Parquet; any scale, higher is better.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import NormalDist

import numpy as np

from benchbuilder.sources.rows import SourceRow, read_rows
from benchbuilder.stats.benchmarks import Benchmark

_NUMBERS = ("score", "lower", "upper")
_FORM = "one row for each model, with model, score, lower and upper; perhaps benchmark, questions"


def holds_scores(path: Path) -> bool:
    """Whether a file is such a table: by the columns of its first row."""
    if not path.is_file():
        return False
    first = next(iter(read_rows([path], "scores")), None)
    return first is not None and {"model", *_NUMBERS} <= set(first.fields)


def read_scores(path: Path, *, confidence: float = 0.95) -> list[Benchmark]:
    """The benchmarks of a file in their order; one without a name is called as the file.

    Where ``variance`` is not given it is that of a normal interval with these limits at
    ``confidence``; where ``mean`` is not, it is the score.

    Raises:
        InputError: a row without model or numbers, limits that do not hold the score, a model
            twice, or rows that tell different questions or costs of one benchmark.
    """
    rows: dict[str, list[SourceRow]] = {}
    for row in read_rows([path], "scores"):
        rows.setdefault(row.name_of("benchmark") or path.stem, []).append(row)
    return [_benchmark(name, found, confidence) for name, found in rows.items()]


def _benchmark(name: str, rows: Sequence[SourceRow], confidence: float) -> Benchmark:
    models: list[str] = []
    for row in rows:
        model = row.name_of("model")
        if model is None or any(row.real_of(number) is None for number in _NUMBERS):
            raise row.wrong(f"a row without model or numbers, found {row.seen()}", hint=_FORM)
        if model in models:
            raise row.wrong(f"{model!r} has a score in {name} before", hint="remove one of the two")
        models.append(model)
    score, lower, upper = (
        np.array([row.real_of(number) for row in rows], dtype=np.float64) for number in _NUMBERS
    )
    outside = np.flatnonzero((lower > score) | (score > upper))
    if len(outside):
        raise rows[int(outside[0])].wrong(
            "the score does not lie between lower and upper",
            hint="lower and upper are the limits of the score, not distances from it",
        )
    of_limits = ((upper - lower) / (2 * NormalDist().inv_cdf(0.5 + confidence / 2))) ** 2
    return Benchmark(
        name=name,
        models=tuple(models),
        score=score,
        lower=lower,
        upper=upper,
        mean=_known(rows, "mean", score),
        variance=_known(rows, "variance", of_limits),
        questions=_questions(rows),
        cost_usd=_same(rows, "cost_usd"),
    )


def _known(
    rows: Sequence[SourceRow], name: str, default: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values = [row.real_of(name) for row in rows]
    return np.array(
        [other if value is None else value for value, other in zip(values, default, strict=True)]
    )


def _questions(rows: Sequence[SourceRow]) -> int | None:
    found = _same(rows, "questions")
    return None if found is None else int(found)


def _same(rows: Sequence[SourceRow], name: str) -> float | None:
    """What all rows of a benchmark tell alike; None where none tells it."""
    values = {row.real_of(name): row for row in rows}
    values.pop(None, None)
    if len(values) > 1:
        raise next(reversed(values.values())).wrong(
            f"{name} differs from an earlier row",
            hint=f"{name} is of the whole benchmark: the same in all of its rows, or empty",
        )
    return next(iter(values), None)
