"""What every encoder offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Progress = Callable[[int, int], None]


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

    def encode(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Flags]:
        """Vectors (n, dimensions), rows of length one, and whether each text was cut (n,).

        Rows come in the order of ``texts``; ``progress`` hears (texts done, texts in all).
        """
