"""What every encoder offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int32]
Progress = Callable[[int, int], None]


class Encoded(NamedTuple):
    """What came of n texts, in their order."""

    vectors: Vectors  # (n, dimensions), rows of length one
    truncated: Flags  # (n,): the encoder did not read all of the text
    windows: Counts  # (n,): the vector is the mean of so many windows of the text, 1 for most

    def part(self, rows: slice) -> Encoded:
        """Some of them."""
        return Encoded(self.vectors[rows], self.truncated[rows], self.windows[rows])


class Encoder(Protocol):
    """Turns texts into vectors whose dot product is their cosine similarity."""

    @property
    def name(self) -> str:
        """What people call it; a head of the local annotator names the encoder it was made for."""

    @property
    def identity(self) -> dict[str, Any]:
        """Everything that decides the vectors, as plain values: part of the artifact's key."""

    @property
    def block_rows(self) -> int | None:
        """Texts that one ``encode`` call likes best; ``None`` means it must see all at once."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Encoded:
        """Vectors of texts; ``progress`` hears (texts done, texts in all)."""


def whole(vectors: Vectors) -> Encoded:
    """Vectors of texts that were read to their end, each in one piece."""
    rows = len(vectors)
    return Encoded(vectors, np.zeros(rows, dtype=np.bool_), np.ones(rows, dtype=np.int32))


def joined(parts: Iterable[Encoded]) -> Encoded:
    """Several, one after the other."""
    return Encoded(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
