"""Vectors of texts: read from a response, kept in the completion cache one text a row."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from benchbuilder.llm.database import Database
from benchbuilder.llm.outcome import Api, Outcome, excerpt, read_body, usage_of

REAL = np.dtype("<f4")


class Vector(NamedTuple):
    """A recorded vector. ``cut``: the model took the beginning of its text only."""

    key: str
    real: bytes  # little-endian float32
    cut: bool = False


class VectorStore:
    """The vectors of one completion cache."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def recorded(self, keys: Iterable[str]) -> dict[str, Vector]:
        """Those that are there, by key."""
        rows = self._db.rows_of("vectors", "key, vector, cut", keys)
        return {key: Vector(key, real, bool(cut)) for key, real, cut in rows}

    def add(self, vectors: Iterable[Vector]) -> None:
        """Write down those that are not there yet; the caller's transaction is the frame."""
        self._db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", vectors)


def read_vectors(status_code: int, body: str) -> Outcome:
    """The outcome of a call for vectors by its HTTP status and body.

    Example: ``read_vectors(200, '{"data": []}').status`` is ``"bad_response"``.
    """
    parsed = read_body(status_code, body)
    if isinstance(parsed, Outcome):
        return parsed
    vectors = _in_order(parsed.get("data"))
    if vectors is None:
        return Outcome("bad_response", detail=f"no vectors: {excerpt(body)}")
    return Outcome(
        "ok", input_tokens=usage_of(parsed)[0], output_tokens=0, answered=True, vectors=vectors
    )


EMBEDDINGS = Api("/embeddings", read_vectors)


def _in_order(items: Any) -> tuple[bytes, ...] | None:
    """The vectors by their ``index``; None unless all are there, whole and of one width."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return None
    placed = {item.get("index"): _real(item.get("embedding")) for item in items}
    vectors = [placed.get(place) for place in range(len(items))]
    whole = [vector for vector in vectors if vector]
    if not whole or len(whole) < len(items) or len({len(vector) for vector in whole}) > 1:
        return None
    return tuple(whole)


def _real(embedding: str | Sequence[float] | None) -> bytes | None:
    """A vector as float32 bytes, from base64 (as asked) or a list of numbers (as some answer)."""
    try:
        if isinstance(embedding, str):
            real = np.frombuffer(base64.b64decode(embedding, validate=True), REAL)
        else:
            real = np.asarray(embedding, REAL)
    except (ValueError, TypeError, binascii.Error):
        return None
    good = real.ndim == 1 and real.size > 0 and np.isfinite(real).all()
    return real.tobytes() if good else None
