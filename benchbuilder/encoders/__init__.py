"""Encoders: texts to unit vectors.

Three back-ends stand behind one protocol. ``open_encoder`` answers fast: torch and scikit-learn are
imported and weights are loaded by the first ``encode``, so that planning a run costs nothing.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from benchbuilder.encoders.endpoint import Endpoint, EndpointEncoder
from benchbuilder.encoders.protocol import Encoder
from benchbuilder.errors import ConfigError
from benchbuilder.settings import EmbedSettings

__all__ = ["Encoder", "Endpoint", "identify", "open_encoder", "resolve_backend"]


def resolve_backend(settings: EmbedSettings) -> str:
    """The back-end that ``auto`` stands for here; imports nothing heavy."""
    if settings.backend != "auto":
        return settings.backend
    installed = find_spec("sentence_transformers") and find_spec("torch")
    return "sentence-transformers" if installed else "tfidf"


def open_encoder(settings: EmbedSettings, endpoint: Endpoint | None = None) -> Encoder:
    """The encoder that the settings ask for; the back-end ``endpoint`` needs ``endpoint``.

    Raises:
        ConfigError: the back-end is not installed, or is none for this place.
        InputError: the weights of the model are neither on this machine nor to be downloaded.
    """
    backend = resolve_backend(settings)
    if backend == "tfidf":
        from benchbuilder.encoders.svd import SvdEncoder

        return SvdEncoder(settings.dimensions)
    if backend == "endpoint":
        if endpoint is None:
            raise ConfigError(
                "embed.backend endpoint works in runs only",
                hint="--set embed.backend=sentence-transformers",
            )
        return EndpointEncoder(settings, endpoint)
    if not (find_spec("sentence_transformers") and find_spec("torch")):
        raise ConfigError(
            "embed.backend is sentence-transformers, which is not installed",
            hint="pip install 'benchbuilder[embeddings]', or --set embed.backend=tfidf",
        )
    from benchbuilder.encoders.transformer import TransformerEncoder

    return TransformerEncoder(settings)


def identify(settings: EmbedSettings, endpoint: Endpoint | None = None) -> dict[str, Any]:
    """The identity of the encoder that the settings ask for (see ``Encoder.identity``).

    Raises:
        ConfigError, InputError: as ``open_encoder`` does.
    """
    return open_encoder(settings, endpoint).identity
