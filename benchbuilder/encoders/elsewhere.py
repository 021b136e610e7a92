"""What a node of an engine does with texts to encode; its process keeps the model for the next."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from benchbuilder.encoders.protocol import Encoded, Encoder
from benchbuilder.settings import EmbedSettings


def encode_part(settings: EmbedSettings, texts: Sequence[str]) -> Encoded:
    """Texts by the encoder that the settings ask for (see ``Encoder.encode``)."""
    return _kept(settings).encode(texts)


@lru_cache(maxsize=1)
def _kept(settings: EmbedSettings) -> Encoder:
    from benchbuilder.encoders import open_encoder

    return open_encoder(settings)
