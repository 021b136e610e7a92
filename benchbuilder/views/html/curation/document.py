"""What a page on a curation is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from benchbuilder.views.html.report import Provenance

#: The artifacts of a run that a page needs.
NEEDED = (
    "prompts", "topics", "annotations", "selection", "topic_scores", "questions", "map",
)  # fmt: skip


@dataclass(frozen=True)
class CurationReport:
    """A finished curation.

    ``artifacts``: those of ``NEEDED``, by name. ``figures`` and ``notes``: what each stage told,
    by stage. ``settings``: plain values by section. ``voters``: whose majority gives the score;
    None: all annotators. ``next_steps``: pairs of what to do and the command.
    """

    artifacts: Mapping[str, pa.Table]
    figures: Mapping[str, Mapping[str, Any]]
    notes: Mapping[str, Sequence[str]]
    settings: Mapping[str, Any]
    voters: Sequence[str] | None
    next_steps: Sequence[tuple[str, str]]
    provenance: Provenance
