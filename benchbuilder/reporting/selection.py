"""What ``validate selection`` says: one document per baseline and judge."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.settings import ReportSettings
from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.human import HumanRanking
from benchbuilder.stats.selection import validate_selection

Document = dict[str, Any]


def selection_documents(
    judgments: pa.Table,
    chosen: Collection[str],
    *,
    lengths: Mapping[str, int] | None,
    scores: Mapping[str, float] | None,
    human: HumanRanking | None,
    names: Mapping[str, str] | None,
    draws: int,
    settings: ReportSettings,
) -> list[Document]:
    """The selection held against subsets, for each baseline and each of its judges.

    Judges are kept apart: what one of them cannot tell, another one may. Keys: ``baseline``,
    ``judge`` and the fields of ``stats.selection.SelectionQuality``.

    Raises:
        InputError: see ``validate_selection``.
    """
    documents = []
    for baseline, judge, played in _boards(judgments):
        battles = build_battles(
            played,
            baseline=baseline,
            weighting=settings.weighting,
            preferences=settings.preferences == "use",
            null_game=settings.null_game,
        )
        quality = validate_selection(
            battles,
            chosen,
            lengths=lengths,
            scores=scores,
            human=human,
            names=names,
            draws=draws,
            seed=settings.seed,
            confidence=settings.confidence,
        )
        documents.append({"baseline": baseline, "judge": judge, **asdict(quality)})
    return documents


def _boards(judgments: pa.Table) -> Iterator[tuple[str, str, pa.Table]]:
    pairs = judgments.select(["baseline", "judge"]).to_pylist()
    for baseline, judge in sorted({(pair["baseline"], pair["judge"]) for pair in pairs}):
        of_both = pc.and_(
            pc.equal(judgments["baseline"], baseline), pc.equal(judgments["judge"], judge)
        )
        yield baseline, judge, judgments.filter(of_both)
