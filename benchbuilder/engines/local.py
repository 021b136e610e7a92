"""The plain engine: the processes of this machine."""

from __future__ import annotations

import os

from benchbuilder.settings import EmbedSettings
from benchbuilder.sources.spread import Spread, over_processes


class LocalEngine:
    """Rows of a dump go over all cores once it is worth it; all else is done here."""

    name = "local"

    @property
    def rows(self) -> Spread:
        return over_processes(max(1, (os.cpu_count() or 1) - 1))

    def blocks(self, *, gpu: bool) -> Spread | None:
        """None: torch and numpy have threads, and processes would take longer to start."""

    def size(self) -> str:
        """Cores."""
        return f"{os.cpu_count() or 1} cores"

    def demand_encoder(self, settings: EmbedSettings) -> None:
        """The encoder was opened here already."""
