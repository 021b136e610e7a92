"""``embed``: prompts → embeddings, one vector for each prompt, in the order of the prompts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from benchbuilder.encoders.protocol import Encoder, Flags, Vectors
from benchbuilder.observe import Observer
from benchbuilder.settings import EmbedSettings

Batch = tuple[str, pa.RecordBatch]


def embed(
    prompts: Iterator[pa.RecordBatch],
    *,
    settings: EmbedSettings,
    encoder: Encoder,
    observe: Observer,
    total: int | None = None,
) -> Iterator[Batch]:
    """Yield ``("embeddings", batch)`` with prompt_id, vector (length one) and truncated.

    Prompts are encoded in the blocks that the encoder likes best; one that weighs words against
    the whole corpus (TF-IDF) gets all of them at once. ``total`` is the number of prompts where it
    is known, for the progress.
    """
    done, truncated = 0, 0
    for ids, texts in _blocks(prompts, encoder.block_rows):
        start = done

        def advance(of_block: int, _size: int, start: int = start) -> None:
            observe.progress(start + of_block, total)

        vectors, flags = encoder.encode(texts, advance)
        done += len(ids)
        truncated += int(flags.sum())
        yield "embeddings", _batch(ids, vectors, flags, settings.storage)
    observe.progress(done, done)
    observe.figure("truncated_prompts", truncated)
    if truncated:
        observe.note(
            f"{truncated} of {done} prompts are longer than {settings.max_tokens} tokens; "
            "their vectors stand for the beginning"
        )


def _blocks(
    batches: Iterator[pa.RecordBatch], rows: int | None
) -> Iterator[tuple[list[str], list[str]]]:
    """Ids and texts in blocks of at least ``rows`` prompts (the last one may be smaller)."""
    ids: list[str] = []
    texts: list[str] = []
    for batch in batches:
        ids += batch.column("prompt_id").to_pylist()
        texts += batch.column("text").to_pylist()
        if rows is not None and len(ids) >= rows:
            yield ids, texts
            ids, texts = [], []
    if ids:
        yield ids, texts


def _batch(ids: list[str], vectors: Vectors, truncated: Flags, storage: str) -> pa.RecordBatch:
    flat = pa.array(vectors.reshape(-1).astype(np.dtype(storage)))
    return pa.record_batch(
        {
            "prompt_id": pa.array(ids, pa.string()),
            "vector": pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1]),
            "truncated": pa.array(truncated, pa.bool_()),
        }
    )
