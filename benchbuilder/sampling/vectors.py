"""The prompts' vectors by id, and cosines that are the same on every machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchbuilder.errors import InputError

Floats = npt.NDArray[np.float64]


class Vectors:
    """Looks normalised vectors up by ``prompt_id``; a matrix stays a view on the Arrow table."""

    def __init__(self, embeddings: pa.Table) -> None:
        ids = embeddings["prompt_id"].to_pylist()
        self._place = {prompt_id: row for row, prompt_id in enumerate(ids)}
        flat = embeddings["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        self._matrix = flat.reshape(len(ids), len(flat) // max(1, len(ids)))
        self._cut = embeddings["truncated"].to_numpy(zero_copy_only=False)

    def of(self, prompt_ids: Sequence[str]) -> Floats:
        """Shape (n, dimensions).

        Raises:
            InputError: a prompt has no vector.
        """
        missing = next((i for i in prompt_ids if i not in self._place), None)
        if missing is not None:
            raise InputError(
                f"prompt {missing} has no vector in `embeddings`",
                hint="make the embeddings again: benchbuilder embed --run RUN",
            )
        rows = [self._place[prompt_id] for prompt_id in prompt_ids]
        return np.asarray(self._matrix[rows], dtype=np.float64)

    def of_whole_texts(self, prompt_ids: Iterable[str]) -> dict[str, Floats]:
        """The vectors of those prompts that the encoder read to their end, by id."""
        whole = [i for i in prompt_ids if i in self._place and not self._cut[self._place[i]]]
        return dict(zip(whole, self.of(whole), strict=True))


def cosines(matrix: Floats, vector: Floats) -> Floats:
    """Cosines of unit vectors (n, d) with one of them, rounded: no last digit of a machine's
    arithmetic decides a tie."""
    products: Floats = np.einsum("nd,d->n", matrix, vector, optimize=False)
    return np.round(products, 6)
