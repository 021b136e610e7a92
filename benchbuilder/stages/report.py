"""``report``: judgments → a leaderboard for each baseline, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.errors import InputError
from benchbuilder.observe import Observer
from benchbuilder.reporting.against_human import against_human
from benchbuilder.reporting.board import make_board
from benchbuilder.schemas import BREAKDOWN, LEADERBOARD, PAIRS, Artifact
from benchbuilder.settings import ReportSettings
from benchbuilder.stats.votes import ranking_of

ALL = "all"
Column = dict[str, str | None]


def report(
    judgments: pa.Table,
    answers: pa.Table | None = None,
    questions: pa.Table | None = None,
    *,
    settings: ReportSettings,
    observe: Observer,
    human: pa.Table | None = None,
    human_name: str = "human ranking",
    names: Mapping[str, str] | None = None,
) -> dict[str, pa.Table]:
    """A leaderboard per baseline, and per category where there are several.

    ``judgments`` (one row a game), ``answers`` (for token counts and style), ``questions`` (what
    coverage is measured against; topics and categories). ``human``: ratings or votes to compare
    with, called ``human_name``; ``names`` maps our model names to theirs.

    Figure ``boards``: a JSON value for each leaderboard. Returns the rows of all of them:
    ``leaderboard``, ``pairs`` (of models) and ``breakdown`` (by topic, by judge).

    Raises:
        InputError: no games, an unknown verdict, or a human ranking without common models.
    """
    if not judgments.num_rows:
        raise InputError("there is no judgment to report on", hint="benchbuilder judge --help")
    if questions is not None:
        _demand_some_asked(judgments, questions)
    ranking = None if human is None else ranking_of(human, confidence=settings.confidence)
    topics, category_of = _column(questions, "topic"), _column(questions, "category")
    boards: list[dict[str, Any]] = []
    rows: dict[Artifact, list[dict[str, Any]]] = {LEADERBOARD: [], PAIRS: [], BREAKDOWN: []}
    for baseline in sorted(set(judgments["baseline"].to_pylist())):
        played = judgments.filter(pc.equal(judgments["baseline"], baseline))
        for category in _categories(played, category_of):
            board = make_board(
                _within(played, category_of, category),
                None if answers is None else _within(answers, category_of, category),
                baseline=baseline,
                category=category,
                asked=_asked(questions, category_of, category),
                topics=topics,
                settings=settings,
                observe=observe,
            )
            document = board.document
            if ranking is not None and category == ALL:
                document |= against_human(
                    board, ranking, called=human_name, names=names, settings=settings
                )
            found = (document["leaderboard"], board.pairs, board.breakdown)
            for artifact, part in zip(rows, found, strict=True):
                rows[artifact] += [_artifact_row(artifact, row, document) for row in part]
            boards.append(document)
    observe.figure("boards", boards)
    return {
        artifact.name: pa.Table.from_pylist(part, schema=artifact.schema)
        for artifact, part in rows.items()
    }


def _demand_some_asked(judgments: pa.Table, questions: pa.Table) -> None:
    asked = set(questions["question_id"].to_pylist())
    if not asked.intersection(judgments["question_id"].to_pylist()):
        raise InputError(
            f"none of the judged questions is among these {len(asked)} questions",
            hint="report with the questions that were judged, or judge these",
        )


def _artifact_row(
    artifact: Artifact, row: dict[str, Any], document: dict[str, Any]
) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name in artifact.schema.names}
    whose = {name: document[name] for name in ("baseline", "category")}
    return {**kept, **whose, "judge": "+".join(document["judges"])}


def _categories(played: pa.Table, category_of: Column) -> list[str]:
    """``all``, and each category where these games have several."""
    seen = {category_of.get(i) for i in played["question_id"].to_pylist()} - {None}
    return [ALL, *sorted(map(str, seen))] if len(seen) > 1 else [ALL]


def _within(table: pa.Table, category_of: Column, category: str) -> pa.Table:
    """Judgments or answers on the questions of a category."""
    if category == ALL:
        return table
    ids = [i for i, name in category_of.items() if name == category]
    return table.filter(pc.is_in(table["question_id"], value_set=pa.array(ids, pa.string())))


def _asked(questions: pa.Table | None, category_of: Column, category: str) -> list[str] | None:
    if questions is None:
        return None
    return [i for i, name in category_of.items() if category in (ALL, name)]


def _column(questions: pa.Table | None, name: str) -> Column:
    if questions is None:
        return {}
    ids, values = questions["question_id"].to_pylist(), questions[name].to_pylist()
    return dict(zip(ids, values, strict=True))
