"""The plain engine: the processes of this machine."""

from __future__ import annotations

import os

from benchbuilder.settings import EmbedSettings
from benchbuilder.sources.spread import Spread, over_processes


class LocalEngine:
    """Rows go over all cores once it is worth it; models stay here: torch has its threads."""

    name = "local"
    blocks: Spread | None = None

    @property
    def rows(self) -> Spread:
        return over_processes(os.cpu_count() or 1)

    def size(self) -> str:
        """Cores."""
        return f"{os.cpu_count() or 1} cores"

    def demand_encoder(self, settings: EmbedSettings) -> None:
        """The encoder was opened here already."""
