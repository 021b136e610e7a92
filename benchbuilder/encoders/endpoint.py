"""The back-end of an OpenAI-compatible embeddings endpoint; who asks it is given from outside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from benchbuilder.encoders.long_prompts import mean_of_windows, pieces
from benchbuilder.encoders.protocol import Encoded, Flags, Progress, Vectors
from benchbuilder.errors import InputError
from benchbuilder.settings import EmbedSettings, ModelSettings
from benchbuilder.text.tokens import count_tokens


class Ask(Protocol):
    """Asks the endpoint for the vectors of texts (see ``llm.embeddings``)."""

    def __call__(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[npt.NDArray[np.float32], Flags]:
        """Vectors (n, dimensions) of any length, and whether the server took a text in part."""


class Endpoint(NamedTuple):
    """A declared model, and who asks it; null where only its identity is wanted."""

    model: ModelSettings
    ask: Ask | None = None


class EndpointEncoder:
    """Vectors of one model behind an endpoint.

    The tokenizer is the server's, so ``settings.max_tokens`` is held by the estimate of
    ``text.tokens``: a text is cut in proportion to its characters.
    """

    def __init__(self, settings: EmbedSettings, endpoint: Endpoint) -> None:
        self._settings, self._ask = settings, endpoint.ask
        self.block_rows: int | None = 8192
        self.name = settings.model
        model = endpoint.model
        asked = {"model": model.model, "revision": model.revision, "body": model.extra_body}
        text = json.dumps(asked, sort_keys=True)
        self.identity: dict[str, Any] = {
            "backend": "endpoint",
            "model": self.name,
            "digest": hashlib.sha256(text.encode()).hexdigest()[:16],
            "revision": model.revision,
            "max_tokens": settings.max_tokens,
            "long_prompts": settings.long_prompts,
        }

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Encoded:
        """See ``Encoder.encode``; ``truncated`` also marks texts that the server took in part.

        Raises:
            InputError: the endpoint gave a vector without a direction.
            CompletionError: it gave no vector at all; the others are on record.
        """
        assert self._ask is not None  # only the identity was wanted, by then
        cut = [self._pieces(text) for text in texts]
        windows = np.array([len(parts) for parts in cut], dtype=np.int32)
        flat = [part for parts in cut for part in parts]

        def advance(done: int, total: int) -> None:
            if progress:
                progress(done * len(texts) // total, len(texts))

        vectors, refused = self._ask(flat, advance)
        truncated = np.array(
            [sum(map(len, parts)) < len(text) for parts, text in zip(cut, texts, strict=True)],
            dtype=np.bool_,
        )
        if len(texts):
            starts = np.cumsum(windows) - windows
            truncated |= np.logical_or.reduceat(refused, starts)
        unit = _unit(vectors, flat, self.name)
        return Encoded(mean_of_windows(unit, windows), truncated, windows)

    def _pieces(self, text: str) -> list[str]:
        limit = self._settings.max_tokens
        if len(text) <= limit:  # no token is shorter than a character
            return [text]
        tokens = count_tokens(text)
        if tokens <= limit:
            return [text]
        return pieces(text, max(1, len(text) * limit // tokens), self._settings.long_prompts)


def _unit(vectors: Vectors, texts: Sequence[str], name: str) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lost = ~(np.isfinite(lengths) & (lengths > 0))[:, 0]
    if lost.any():
        first = texts[int(np.argmax(lost))]
        raise InputError(
            f"model {name!r} gave {int(lost.sum())} vectors without a direction (all zeros, or no "
            f"numbers), the first for {first[:60]!r}",
            hint=f"choose another model, or set models.{name}.revision to ask anew",
        )
    unit: Vectors = (vectors / lengths).astype(np.float32)
    return unit
