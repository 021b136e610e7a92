"""A sentence-transformers model in memory: how it is loaded, and one step of it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from logging import ERROR, getLogger
from pathlib import Path
from typing import Any

import numpy as np

from benchbuilder.encoders.batches import rounded
from benchbuilder.encoders.cpu import prepare_for_cpu
from benchbuilder.encoders.protocol import Vectors
from benchbuilder.errors import ConfigError, InputError

_ALIKE = 0.999  # cosine of a vector before and after the model was made ready for a CPU


def load_model(folder: Path, precision: str, device: str | None) -> Any:
    """The model, ready; ``device`` null: the library's choice, a GPU where torch sees one.

    Raises:
        InputError: the folder holds no such model.
        ConfigError: torch cannot use the device.
    """
    from safetensors import SafetensorError

    _demand_device(device)
    # The libraries raise many kinds for a folder that is no model; all of them mean this one thing.
    try:
        model = _read(folder, precision, device)
        if model.device.type != "cpu":
            return model
        expected = forward(model, _probe(model))
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
        ImportError,
        SafetensorError,
    ) as error:
        reason = str(error).strip().partition("\n")[0]
        raise InputError(
            f"cannot be read as a sentence-transformers model: {reason}",
            file=folder,
            hint="check embed.model, or --set embed.backend=tfidf",
        ) from error
    try:
        prepare_for_cpu(model)
        if (forward(model, _probe(model)) * expected).sum(axis=1).min() > _ALIKE:
            return model
    # A model of another build than was foreseen: it runs as the library has it.
    except (RuntimeError, AttributeError, TypeError, ValueError):
        pass
    return _read(folder, precision, device)


def _demand_device(device: str | None) -> None:
    import torch

    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:  # torch raises both
        reason = str(error).strip().partition("\n")[0]
        raise ConfigError(
            f"embed.device {device!r} cannot be used: {reason}", hint="--set embed.device=auto"
        ) from error


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


def forward(model: Any, rows: list[list[int]]) -> Vectors:
    """Unit vectors of one batch of rows; the tokenizer's own padding side and id are used."""
    import torch

    longest = max(map(len, rows))
    length = max(longest, min(rounded(longest), model.max_seq_length or rounded(longest)))
    padded = model.tokenizer.pad(
        {"input_ids": rows}, padding="max_length", max_length=length, return_tensors="pt"
    )
    with torch.inference_mode():
        output = model(dict(padded.to(model.device)))["sentence_embedding"].float()
        unit = torch.nn.functional.normalize(output, dim=1).cpu().numpy()
    return np.asarray(unit, dtype=np.float32)


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
