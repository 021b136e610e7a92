"""The sentence-transformers back-end, with batches and threads of its own.

The library pads a batch to its longest text and splits every matrix product over the cores. Here
batches are cut by tokens over texts sorted by length, and each runs on one core from start to end:
faster, and the vectors do not depend on the number of cores (a product that is split over two of
them sums in another order).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from logging import ERROR, getLogger
from pathlib import Path
from typing import Any

import numpy as np

from benchbuilder.encoders.batches import Positions, token_batches
from benchbuilder.encoders.cpu import prepare_for_cpu
from benchbuilder.encoders.long_prompts import mean_of_windows
from benchbuilder.encoders.precision import resolve_precision
from benchbuilder.encoders.protocol import Encoded, Progress, Vectors, whole
from benchbuilder.encoders.tokens import tokenize
from benchbuilder.encoders.weights import (
    full_name,
    locate_weights,
    read_dimensions,
    weights_digest,
)
from benchbuilder.errors import InputError
from benchbuilder.settings import EmbedSettings

_CPU_BATCH_TOKENS = 1024
_GPU_BATCH_TOKENS = 65536
_ALIKE = 0.999  # cosine of a vector before and after the model was made ready for a CPU


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
            self._model = _load(self._folder, self.identity["precision"], self._device)
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
    on_cpu = model.device.type == "cpu"
    budget = _CPU_BATCH_TOKENS if on_cpu else _GPU_BATCH_TOKENS
    batches = token_batches(np.array([len(row) for row in rows], dtype=np.intp), budget)
    inputs = [[rows[position] for position in batch] for batch in batches]
    with _one_core_a_batch() as cores, ThreadPoolExecutor(cores if on_cpu else 1) as pool:
        results = pool.map(lambda batch: _forward(model, batch), inputs)
        yield from zip(batches, results, strict=True)


def _load(folder: Path, precision: str, device: str | None) -> Any:
    """The model, ready; ``device`` null: the library's choice, a GPU where torch sees one."""
    # The libraries raise many kinds for a folder that is no model; all of them mean this one thing.
    try:
        model = _read(folder, precision, device)
        if model.device.type != "cpu":
            return model
        expected = _forward(model, _probe(model))
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, AssertionError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise InputError(
            f"cannot be read as a sentence-transformers model: {reason}",
            file=folder,
            hint="check embed.model and embed.device, or --set embed.backend=tfidf",
        ) from error
    try:
        prepare_for_cpu(model)
        if (_forward(model, _probe(model)) * expected).sum(axis=1).min() > _ALIKE:
            return model
    # A model of another build than was foreseen: it runs as the library has it.
    except (RuntimeError, AttributeError, TypeError, ValueError):
        pass
    return _read(folder, precision, device)


def _read(folder: Path, precision: str, device: str | None) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
    with _quiet():
        model = SentenceTransformer(str(folder), local_files_only=True, device=device)
        return model.to(dtype).eval()


def _probe(model: Any) -> list[list[int]]:
    """Two texts of different length."""
    ids: list[list[int]] = model.tokenizer(["a short one", "and one that is longer"])["input_ids"]
    return ids


def _forward(model: Any, rows: list[list[int]]) -> Vectors:
    """Unit vectors of one batch; the tokenizer's own padding side and id are used."""
    import torch

    padded = model.tokenizer.pad({"input_ids": rows}, return_tensors="pt").to(model.device)
    with torch.inference_mode():
        output = model(dict(padded))["sentence_embedding"].float()
        unit = torch.nn.functional.normalize(output, dim=1).cpu().numpy()
    return np.asarray(unit, dtype=np.float32)


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


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars, hints or warnings of the libraries while a model is loaded."""
    from transformers.utils import logging

    chatter: Any = logging  # its functions carry no types
    level = chatter.get_verbosity()
    logger = getLogger("sentence_transformers")
    logger_level = logger.level
    chatter.set_verbosity_error()
    chatter.disable_progress_bar()
    logger.setLevel(ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        chatter.set_verbosity(level)
        chatter.enable_progress_bar()
        logger.setLevel(logger_level)
