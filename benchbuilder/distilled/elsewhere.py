"""A head whose blocks of prompts are annotated elsewhere: on the nodes of an engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from benchbuilder.distilled.decisions import Predictions
from benchbuilder.distilled.head import Head
from benchbuilder.sources.spread import Spread

_BLOCK_ROWS = 512  # a tenth of a second
_Block = tuple[Sequence[str], npt.NDArray[Any] | None]


class HeadElsewhere:
    """Says what the head says: its rows depend on their own texts, however these are cut."""

    def __init__(self, head: Head, spread: Spread) -> None:
        self.encoder = head.encoder
        self._annotate, self._spread = partial(annotate_block, head), spread

    def annotate(self, texts: Sequence[str], vectors: npt.NDArray[Any] | None) -> Predictions:
        """See ``Head.annotate``."""
        parts = [
            slice(start, start + _BLOCK_ROWS) for start in range(0, len(texts) or 1, _BLOCK_ROWS)
        ]
        blocks = [(texts[part], None if vectors is None else vectors[part]) for part in parts]
        found = zip(*self._spread(self._annotate, blocks), strict=True)
        return Predictions(*(np.concatenate(column) for column in found))


def annotate_block(head: Head, block: _Block) -> Predictions:
    """What a node does with a block."""
    return head.annotate(*block)
