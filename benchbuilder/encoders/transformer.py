"""The sentence-transformers back-end, with batches and threads of its own.

The library pads a batch to its longest text and splits every matrix product over the cores. Here
batches are cut by tokens over texts sorted by length, and each runs on one core from start to end:
faster, and the vectors do not depend on the number of cores (a product that is split over two of
them sums in another order).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np

from benchbuilder.encoders.batches import Positions, token_batches
from benchbuilder.encoders.long_prompts import mean_of_windows
from benchbuilder.encoders.model import forward, load_model
from benchbuilder.encoders.precision import resolve_precision
from benchbuilder.encoders.protocol import Encoded, Progress, Vectors, whole
from benchbuilder.encoders.tokens import tokenize
from benchbuilder.encoders.weights import (
    full_name,
    locate_weights,
    read_dimensions,
    weights_digest,
)
from benchbuilder.errors import ConfigError, InputError
from benchbuilder.settings import EmbedSettings

_CPU_BATCH_TOKENS = 1024
_GPU_BATCH_TOKENS = 65536


class TransformerEncoder:
    """One sentence-transformers model; its weights are read when the first texts come.

    Raises:
        InputError: no weights are to be had, or they are not those of such a model.
    """

    def __init__(self, settings: EmbedSettings) -> None:
        self._folder = locate_weights(settings.model)
        self._device = None if settings.device == "auto" else settings.device
        self._model: Any = None
        self.block_rows: int | None = 8192
        self.name = full_name(settings.model)
        self.identity: dict[str, Any] = {
            "backend": "sentence-transformers",
            "model": self.name,
            "digest": weights_digest(self._folder),
            "dimensions": read_dimensions(self._folder),
            "max_tokens": settings.max_tokens,
            "long_prompts": settings.long_prompts,
            "precision": resolve_precision(settings.precision),
        }

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Encoded:
        """See ``Encoder.encode``; long texts are read as ``settings.long_prompts`` says.

        Raises:
            InputError: the model's vectors are not as wide as its configuration says.
        """
        wide = self.identity["dimensions"]
        if not texts:
            return whole(np.zeros((0, wide), dtype=np.float32))
        if self._model is None:
            self._model = load_model(self._folder, self.identity["precision"], self._device)
        found = tokenize(
            self._model, texts, self.identity["max_tokens"], self.identity["long_prompts"]
        )
        vectors = np.zeros((len(found.rows), wide), dtype=np.float32)
        done = 0
        for batch, result in _forward_all(self._model, found.rows):
            if result.shape[1] != wide:
                raise InputError(
                    f"its vectors have {result.shape[1]} numbers, its configuration says {wide}",
                    file=self._folder,
                    hint="choose another embed.model, or --set embed.backend=tfidf",
                )
            vectors[batch] = result
            done += len(batch)
            if progress:
                progress(done * len(texts) // len(found.rows), len(texts))
        return Encoded(mean_of_windows(vectors, found.windows), found.truncated, found.windows)


def _forward_all(model: Any, rows: list[list[int]]) -> Iterator[tuple[Positions, Vectors]]:
    """Positions of rows and their unit vectors, batch by batch."""
    budget, on_cpu = batch_tokens(model.device.type), model.device.type == "cpu"
    batches = token_batches(np.array([len(row) for row in rows], dtype=np.intp), budget)
    inputs = [[rows[position] for position in batch] for batch in batches]
    with _one_core_a_batch() as cores, ThreadPoolExecutor(cores if on_cpu else 1) as pool:
        results = pool.map(lambda batch: _forward_what_fits(model, batch), inputs)
        yield from zip(batches, results, strict=True)


def batch_tokens(device_type: str) -> int:
    """Tokens of a batch: on a CPU what its caches like, on a GPU what keeps all of it at work."""
    return _CPU_BATCH_TOKENS if device_type == "cpu" else _GPU_BATCH_TOKENS


def _forward_what_fits(model: Any, rows: list[list[int]]) -> Vectors:
    """One batch, or its halves where the device has no memory for it.

    Raises:
        ConfigError: there is none for a single row.
    """
    import torch

    try:
        return forward(model, rows)
    except torch.OutOfMemoryError:
        if len(rows) == 1:
            raise ConfigError(
                f"embed.device {model.device} has no memory for one text of {len(rows[0])} tokens",
                hint="--set embed.device=cpu, or a smaller embed.max_tokens",
            ) from None
    torch.cuda.empty_cache()  # does nothing where CUDA was never used
    half = len(rows) // 2
    parts = [_forward_what_fits(model, part) for part in (rows[:half], rows[half:])]
    return np.concatenate(parts)


@contextmanager
def _one_core_a_batch() -> Iterator[int]:
    """Products run on one core each while this lasts; yields the cores that torch would use."""
    import torch

    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield cores
    finally:
        torch.set_num_threads(cores)
