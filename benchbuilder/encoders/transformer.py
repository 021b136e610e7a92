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

from benchbuilder.encoders.batches import token_batches
from benchbuilder.encoders.precision import resolve_precision
from benchbuilder.encoders.protocol import Flags, Progress, Vectors
from benchbuilder.encoders.weights import (
    full_name,
    locate_weights,
    read_dimensions,
    weights_digest,
)
from benchbuilder.errors import InputError
from benchbuilder.settings import EmbedSettings

_CPU_BATCH_TOKENS = 2048
_GPU_BATCH_TOKENS = 65536


class TransformerEncoder:
    """One sentence-transformers model; its weights are read when the first texts come.

    Raises:
        InputError: no weights are to be had, or they are not those of such a model.
    """

    def __init__(self, settings: EmbedSettings) -> None:
        self._folder = locate_weights(settings.model)
        self._model: Any = None
        self.block_rows: int | None = 8192
        self.name = full_name(settings.model)
        self.identity: dict[str, Any] = {
            "backend": "sentence-transformers",
            "model": self.name,
            "digest": weights_digest(self._folder),
            "dimensions": read_dimensions(self._folder),
            "max_tokens": settings.max_tokens,
            "precision": resolve_precision(settings.precision),
        }

    def encode(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Flags]:
        """See ``Encoder.encode``; ``truncated`` marks texts of more than ``max_tokens`` tokens."""
        if self._model is None:
            self._model = _load(self._folder, self.identity["precision"])
        vectors = np.zeros((len(texts), self.identity["dimensions"]), dtype=np.float32)
        if not texts:
            return vectors, np.zeros(0, dtype=np.bool_)
        rows, truncated = _tokenize(self._model, texts, self.identity["max_tokens"])
        on_cpu = self._model.device.type == "cpu"
        budget = _CPU_BATCH_TOKENS if on_cpu else _GPU_BATCH_TOKENS
        batches = token_batches(np.array([len(row) for row in rows], dtype=np.intp), budget)
        done = 0
        with _one_core_a_batch() as cores, ThreadPoolExecutor(cores if on_cpu else 1) as pool:
            inputs = [[rows[position] for position in batch] for batch in batches]
            results = pool.map(lambda batch: _forward(self._model, batch), inputs)
            for batch, result in zip(batches, results, strict=True):
                vectors[batch] = result
                done += len(batch)
                if progress:
                    progress(done, len(texts))
        return vectors, truncated


def _load(folder: Path, precision: str) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
    try:
        with _quiet():
            model = SentenceTransformer(str(folder), local_files_only=True)
            return model.to(dtype).eval()
    # The libraries raise many kinds for a folder that is no model; all of them mean this one thing.
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise InputError(
            f"cannot be read as a sentence-transformers model: {reason}",
            file=folder,
            hint="check embed.model, or --set embed.backend=tfidf",
        ) from error


def _tokenize(model: Any, texts: Sequence[str], max_tokens: int) -> tuple[list[list[int]], Flags]:
    """Token ids of each text, and whether it was longer than the model reads."""
    prefix = model.prompts.get(model.default_prompt_name) or "" if model.default_prompt_name else ""
    limit = min(max_tokens, model.max_seq_length or max_tokens)
    encoded = model.tokenizer(
        [prefix + text for text in texts],
        truncation=True,
        max_length=limit,
        return_attention_mask=False,
        return_token_type_ids=False,
    )
    truncated = [bool(encoded[position].overflowing) for position in range(len(texts))]
    return encoded["input_ids"], np.array(truncated, dtype=np.bool_)


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
