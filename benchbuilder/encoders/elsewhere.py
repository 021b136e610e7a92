"""An encoder whose blocks are encoded elsewhere: on the nodes of an engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

from benchbuilder.encoders.protocol import Encoded, Encoder, Progress, joined
from benchbuilder.settings import EmbedSettings
from benchbuilder.sources.spread import Spread

# Blocks in one call: enough that a cluster is never idle at the seam of two calls for long.
_BLOCKS_AT_ONCE = 64


class EncoderElsewhere:
    """Cuts texts into the blocks that the encoder would get here, so that its vectors are the same.

    The encoder must work block by block (``block_rows`` is not null).
    """

    def __init__(self, encoder: Encoder, settings: EmbedSettings, spread: Spread) -> None:
        if encoder.block_rows is None:
            raise ValueError("this encoder must see all texts at once")
        self.name, self.identity = encoder.name, encoder.identity
        self._rows = encoder.block_rows
        self.block_rows: int | None = self._rows * _BLOCKS_AT_ONCE
        self._encode, self._spread = partial(encode_block, settings), spread

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Encoded:
        """See ``Encoder.encode``."""
        blocks = [texts[start : start + self._rows] for start in range(0, len(texts), self._rows)]
        parts: list[Encoded] = []
        done = 0
        for part in self._spread(self._encode, blocks):
            parts.append(part)
            done += len(part.vectors)
            if progress:
                progress(done, len(texts))
        return joined(parts)


def encode_block(settings: EmbedSettings, texts: Sequence[str]) -> Encoded:
    """What a node does with a block; its process keeps the model for the next one."""
    return _kept(settings).encode(texts)


@lru_cache(maxsize=1)
def _kept(settings: EmbedSettings) -> Encoder:
    from benchbuilder.encoders import open_encoder

    return open_encoder(settings)
