"""``embed``: prompts → embeddings, one vector for each prompt, in the order of the prompts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from benchbuilder.encoders.protocol import Encoded, Encoder
from benchbuilder.observe import Observer
from benchbuilder.settings import EmbedSettings

Batch = tuple[str, pa.RecordBatch]
_BATCH_ROWS = 8192
#: What a vector stands for where a prompt is longer than the encoder reads.
_STAND_FOR = {
    "head": "the beginning",
    "head-tail": "beginning and end",
    "windows": "the mean of all their windows",
}


def embed(
    prompts: Iterator[pa.RecordBatch],
    *,
    settings: EmbedSettings,
    encoder: Encoder,
    observe: Observer,
    total: int | None = None,
) -> Iterator[Batch]:
    """Yield ``("embeddings", batch)`` with prompt_id, vector (length one), truncated, windows.

    Prompts are encoded in the blocks that the encoder likes best; one that weighs words against
    the whole corpus (TF-IDF) gets all of them at once. ``total`` is the number of prompts where it
    is known, for the progress.
    """
    done, truncated, longer = 0, 0, 0
    observe.progress(0, total)  # loading a model takes a while
    for ids, texts in _blocks(prompts, encoder.block_rows):
        start = done

        def advance(of_block: int, _size: int, start: int = start) -> None:
            observe.progress(start + of_block, total)

        encoded = encoder.encode(texts, advance)
        done += len(ids)
        truncated += int(encoded.truncated.sum())
        longer += int((encoded.truncated | (encoded.windows > 1)).sum())
        for place in range(0, len(ids), _BATCH_ROWS):
            rows = slice(place, place + _BATCH_ROWS)
            yield "embeddings", _batch(ids[rows], encoded.part(rows), settings.storage)
    observe.progress(done, done)
    observe.figure("truncated_prompts", truncated)
    observe.figure("long_prompts", longer)
    if longer:
        observe.note(
            f"{longer} of {done} prompts are longer than the encoder reads (embed.max_tokens: "
            f"{settings.max_tokens}); their vectors stand for {_STAND_FOR[settings.long_prompts]}"
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


def _batch(ids: list[str], encoded: Encoded, storage: str) -> pa.RecordBatch:
    flat = pa.array(encoded.vectors.reshape(-1).astype(np.dtype(storage), copy=False))
    return pa.record_batch(
        {
            "prompt_id": pa.array(ids, pa.string()),
            "vector": pa.FixedSizeListArray.from_arrays(flat, encoded.vectors.shape[1]),
            "truncated": pa.array(encoded.truncated, pa.bool_()),
            "windows": pa.array(encoded.windows, pa.int32()),
        }
    )
