"""The questions of other benchmarks, and where each of them stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from benchbuilder.sources.questions import read_questions


class Encode(Protocol):
    """An encoder's ``encode``: unit vectors (n, d), which texts were cut, and more."""

    def __call__(self, texts: Sequence[str]) -> tuple[npt.NDArray[Any], ...]: ...


@dataclass(frozen=True, eq=False)
class Known:
    """n questions: file names, ids, texts, and vectors (n, d) where an encoder was at hand.

    A row of ``vectors`` is null (nan) where the encoder read only the beginning of a text.
    """

    files: tuple[str, ...]
    question_ids: tuple[str, ...]
    texts: tuple[str, ...]
    vectors: npt.NDArray[np.float64] | None = None


def read_known(paths: Sequence[Path], encode: Encode | None = None) -> Known:
    """The questions of benchmark files or release folders; every user turn is a text of its own.

    Raises:
        InputError: a file is missing, or is no question set.
    """
    files: list[str] = []
    ids: list[str] = []
    texts: list[str] = []
    for path in paths:
        for row in read_questions(path).select(["question_id", "text", "turns"]).to_pylist():
            for text in row["turns"] or [row["text"]]:
                files.append(path.name)
                ids.append(row["question_id"])
                texts.append(text)
    vectors = None
    if encode is not None and texts:
        found, cut, *_ = encode(texts)
        vectors = without_cut(found, cut)
    return Known(tuple(files), tuple(ids), tuple(texts), vectors)


def without_cut(vectors: npt.NDArray[Any], cut: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Vectors (n, d), nan for texts that were cut: two long texts may begin alike and ask for
    different things."""
    whole = np.array(vectors, dtype=np.float64)
    whole[cut] = np.nan
    return whole
