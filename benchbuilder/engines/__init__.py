"""What does the work of row stages: this machine, or an existing cluster."""

from __future__ import annotations

from typing import Protocol

from benchbuilder.engines.local import LocalEngine
from benchbuilder.settings import EmbedSettings
from benchbuilder.sources.spread import Spread


class Engine(Protocol):
    """Spreads pure functions over blocks of work; what is done where changes no result."""

    name: str

    @property
    def rows(self) -> Spread:
        """For the rows of a dump: a long stream."""

    def blocks(self, *, gpu: bool) -> Spread | None:
        """For what comes a portion at a time, such as a batch of prompts.

        ``gpu``: a block wants one where there are any. None: the caller's own process does best.
        """

    def size(self) -> str:
        """What there is to do the work, in words."""

    def demand_encoder(self, settings: EmbedSettings) -> None:
        """Whatever does the work can open the encoder.

        Raises:
            EngineError: a node lacks its weights.
        """


def open_engine(name: str, address: str | None = None) -> Engine:
    """``local``, or ``ray`` at the address of a running cluster (default: RAY_ADDRESS, or here).

    Raises:
        EngineError: there is no cluster, or it cannot do the work.
    """
    if name == "local":
        return LocalEngine()
    from benchbuilder.engines.ray import RayEngine

    return RayEngine(address)
