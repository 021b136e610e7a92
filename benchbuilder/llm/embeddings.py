"""Vectors of texts from an OpenAI-compatible ``/v1/embeddings``, in order, each paid for once.

Pace, retries, limits, budget and the secrecy of the key are those of completions; so is the file
that vectors are recorded in. The key of a vector is the digest of its model and its text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchbuilder.errors import CompletionError, NotInCache
from benchbuilder.llm.budget import Purse
from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.embedding_calls import EmbeddingDispatcher
from benchbuilder.llm.identity import digest
from benchbuilder.llm.outcome import excerpt
from benchbuilder.llm.session import Session, open_caller
from benchbuilder.llm.vectors import EMBEDDINGS, REAL, Vector
from benchbuilder.observe import Observer
from benchbuilder.settings import ModelSettings

Progress = Callable[[int, int], None]


class Embedded(NamedTuple):
    """What came of n texts, in their order."""

    vectors: npt.NDArray[np.float32]  # (n, dimensions), as the model gave them
    cut: npt.NDArray[np.bool_]  # (n,): too long for the model, which took the beginning only


def vector_keys(name: str, settings: ModelSettings, texts: Sequence[str]) -> list[str]:
    """What decides each vector: the model, all that is sent along, and the text."""
    body = _body(name, settings)
    identity = {"name": name, "revision": settings.revision, "body": body}
    return [digest(identity | {"text": text})[0] for text in texts]


def open_embeddings(
    name: str,
    settings: ModelSettings,
    *,
    cache_path: Path,
    offline: bool = False,
    max_cost_usd: float | Purse | None = None,
    stage: str | None = None,
    observe: Observer,
) -> EmbeddingClient:
    """A client for the vectors of the model declared as ``name``; see ``client.open_client``.

    Of the settings ``extra_body`` is sent along (``dimensions``, say); those of sampling are not.

    Raises:
        CompletionError: no key, no valid URL, or a limit without a known price.
        RunFolderError: the cache cannot be opened.
    """
    cache, caller = CompletionCache(cache_path), None
    if not offline:
        caller = open_caller(
            name,
            settings,
            cache,
            observe,
            max_cost_usd=max_cost_usd,
            stage=stage,
            api=EMBEDDINGS,
        )
    return EmbeddingClient(name, settings, cache, caller, observe)


class EmbeddingClient(Session):
    """Answers texts with vectors; made by ``open_embeddings``."""

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Embedded:
        """Vectors of texts; equal texts are paid for once. ``progress`` hears (done, in all).

        Raises:
            CompletionError: the run has to stop, or a text has no vector; the others are recorded.
            NotInCache: offline, and a vector is not recorded.
        """
        keys = vector_keys(self.name, self._settings, texts)
        known = self._cache.vectors.recorded(dict.fromkeys(keys))
        missing = {k: text for k, text in zip(keys, texts, strict=True) if k not in known}
        done = len(texts) - len(missing)

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self._tell_cost()
            if progress:
                progress(done, len(texts))

        advance(0)
        if missing:
            self._ask(missing, advance)
            known |= self._cache.vectors.recorded(missing)
        return self._joined([known[key] for key in keys])

    def _ask(self, missing: dict[str, str], advance: Callable[[int], None]) -> None:
        if self._caller is None:
            raise NotInCache(
                f"model {self.name!r} has no recorded vector for {len(missing)} texts; the first "
                f"is: {excerpt(next(iter(missing.values())))}",
                hint="run the same command without --offline",
            )
        body = _body(self.name, self._settings)
        dispatcher = EmbeddingDispatcher(self._caller, self._cache, body, missing, advance)
        self._loop.run(dispatcher.run())
        left = missing.keys() - self._cache.vectors.recorded(missing).keys()
        if left:
            first = next(key for key in missing if key in left)
            why = dispatcher.failures.get(first)
            raise CompletionError(
                f"model {self.name!r} gave no vector for {len(left)} of {len(missing)} texts; the "
                f"first is {excerpt(missing[first])!r}: "
                + (f"{why.status}: {why.detail}" if why else "not asked"),
                hint="run the same command again: it asks for the missing ones only",
            )

    def _joined(self, found: Sequence[Vector]) -> Embedded:
        widths = {len(vector.real) for vector in found}
        if len(widths) > 1:
            raise CompletionError(
                f"model {self.name!r} gave vectors of {len(widths)} widths: it is not the model "
                "that it was",
                hint=f"set models.{self.name}.revision, so that all is asked anew",
            )
        real = np.frombuffer(b"".join(vector.real for vector in found), REAL)
        vectors = real.astype(np.float32).reshape(len(found), -1 if found else 0)
        cut = np.array([vector.cut for vector in found], dtype=np.bool_)
        return Embedded(vectors, cut)


def _body(name: str, settings: ModelSettings) -> dict[str, Any]:
    """The body of a call, without its texts."""
    return {"model": settings.model or name, "encoding_format": "base64"} | settings.extra_body
