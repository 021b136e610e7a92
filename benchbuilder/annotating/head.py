"""A trained head as annotator: surface features and, where it names an encoder, vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchbuilder.annotating.rows import Row, RowsOf
from benchbuilder.errors import InputError
from benchbuilder.observe import Observer
from benchbuilder.schemas import CRITERIA


class Predictions(Protocol):
    """What a head says about n prompts: shapes (n, 7), (n, 7) and (n,)."""

    @property
    def probabilities(self) -> npt.NDArray[np.floating[Any]]: ...
    @property
    def decisions(self) -> npt.NDArray[np.bool_]: ...
    @property
    def quality_score(self) -> npt.NDArray[np.integer[Any]]: ...


class Head(Protocol):
    """A trained annotator; ``encoder`` names the model whose vectors it wants, None for none."""

    @property
    def encoder(self) -> str | None: ...
    def annotate(self, texts: Sequence[str], vectors: npt.NDArray[Any] | None) -> Predictions: ...


def with_head(head: Head, annotator: str, embeddings: pa.Table, observe: Observer) -> RowsOf:
    vectors_of = look_up(embeddings) if head.encoder is not None else lambda ids: None
    done = 0

    def rows_of(batch: pa.RecordBatch) -> list[Row]:
        nonlocal done
        ids: list[str] = batch.column("prompt_id").to_pylist()
        predicted = head.annotate(batch.column("text").to_pylist(), vectors_of(ids))
        done += len(ids)
        observe.progress(done)
        return [
            {
                "prompt_id": prompt_id,
                "annotator": annotator,
                **dict(zip(CRITERIA, decisions, strict=True)),
                "quality_score": score,
                **{f"p_{name}": p for name, p in zip(CRITERIA, probabilities, strict=True)},
                "status": "ok",
                "cost_usd": 0.0,
            }
            for prompt_id, decisions, score, probabilities in zip(
                ids,
                predicted.decisions.tolist(),
                predicted.quality_score.tolist(),
                predicted.probabilities.tolist(),
                strict=True,
            )
        ]

    return rows_of


def look_up(embeddings: pa.Table) -> Callable[[list[str]], npt.NDArray[Any]]:
    """Looks vectors up by prompt_id: a list of n ids gives shape (n, dimension)."""
    place = {key: row for row, key in enumerate(embeddings.column("prompt_id").to_pylist())}
    column = embeddings.column("vector").combine_chunks()
    flat = column.flatten().to_numpy(zero_copy_only=False)
    matrix: npt.NDArray[Any] = flat.reshape(len(place), len(flat) // max(1, len(place)))

    def vectors_of(ids: list[str]) -> npt.NDArray[Any]:
        missing = next((prompt_id for prompt_id in ids if prompt_id not in place), None)
        if missing is not None:
            raise InputError(
                f"prompt {missing} has no vector in `embeddings`",
                hint="make the embeddings again: benchbuilder embed --run RUN",
            )
        rows = np.fromiter((place[prompt_id] for prompt_id in ids), np.intp, len(ids))
        return np.take(matrix, rows, axis=0)

    return vectors_of
