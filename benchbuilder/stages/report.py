"""``report``: judgments → a leaderboard for each baseline, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.errors import InputError
from benchbuilder.observe import Observer
from benchbuilder.reporting.against_human import against_human
from benchbuilder.reporting.board import Board, make_board
from benchbuilder.reporting.categories import (
    ALL,
    asked_against,
    categories_of,
    column_of,
    of_category,
    within,
)
from benchbuilder.schemas import BREAKDOWN, LEADERBOARD, PAIRS, Artifact
from benchbuilder.settings import ReportSettings
from benchbuilder.stats.absent_games import absent_games
from benchbuilder.stats.votes import ranking_of
from benchbuilder.text.counting import count_of


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
    coverage is measured against; topics and categories). Of several baselines each is measured on
    the questions of the categories that were played against it. A game that is not there though its
    judge plays both sides is one without a verdict. ``human``: ratings or votes to compare with,
    called ``human_name``; ``names`` maps our model names to theirs.

    Figure ``boards``: a JSON value for each leaderboard. Returns the rows of all of them:
    ``leaderboard``, ``pairs`` (of models) and ``breakdown`` (by topic, by judge).

    Raises:
        InputError: no games, an unknown verdict, or a human ranking without common models.
    """
    if not judgments.num_rows:
        raise InputError("there is no judgment to report on", hint="benchbuilder judge --help")
    if questions is not None:
        judgments = _on_asked(judgments, questions, observe)
    judgments = _with_absent_games(judgments, observe)
    ranking = None if human is None else ranking_of(human, confidence=settings.confidence)
    topics, category_of = column_of(questions, "topic"), column_of(questions, "category")
    boards: list[Board] = []
    for baseline, asked in asked_against(judgments, category_of, observe).items():
        played = judgments.filter(pc.equal(judgments["baseline"], baseline))
        for category in categories_of(played, category_of):
            meant = None if asked is None else of_category(asked, category_of, category)
            board = make_board(
                within(played, meant),
                None if answers is None else within(answers, meant),
                baseline=baseline,
                category=category,
                asked=meant,
                topics=topics,
                settings=settings,
                observe=observe,
            )
            if ranking is not None and category == ALL:
                board.document.update(
                    against_human(board, ranking, called=human_name, names=names, settings=settings)
                )
            boards.append(board)
    observe.figure("boards", [board.document for board in boards])
    return _tables(boards)


def _on_asked(judgments: pa.Table, questions: pa.Table, observe: Observer) -> pa.Table:
    """The judgments on these questions; the others are told."""
    asked = questions["question_id"].to_pylist()
    kept = within(judgments, asked)
    if not kept.num_rows:
        raise InputError(
            f"none of the judged questions is among these {len(asked)} questions",
            hint="report with the questions that were judged, or judge these",
        )
    if kept.num_rows < judgments.num_rows:
        strays = judgments.num_rows - kept.num_rows
        observe.note(f"left out: {count_of(strays, 'game')} on questions that are not in this set")
    return kept


def _tables(boards: Sequence[Board]) -> dict[str, pa.Table]:
    parts = {
        LEADERBOARD: [(board, board.document["leaderboard"]) for board in boards],
        PAIRS: [(board, board.pairs) for board in boards],
        BREAKDOWN: [(board, board.breakdown) for board in boards],
    }
    return {
        artifact.name: pa.Table.from_pylist(
            [_artifact_row(artifact, row, board.document) for board, rows in found for row in rows],
            schema=artifact.schema,
        )
        for artifact, found in parts.items()
    }


def _artifact_row(
    artifact: Artifact, row: dict[str, Any], document: dict[str, Any]
) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name in artifact.schema.names}
    whose = {name: document[name] for name in ("baseline", "category")}
    return {**kept, **whose, "judge": "+".join(document["judges"])}


def _with_absent_games(judgments: pa.Table, observe: Observer) -> pa.Table:
    absent = absent_games(judgments)
    if not absent.num_rows:
        return judgments
    row = absent.slice(0, 1).to_pylist()[0]
    judges = ", ".join(sorted(set(absent["judge"].to_pylist())))
    observe.note(
        f"{count_of(absent.num_rows, 'game')} not there, though {judges} played both sides (first: "
        f"{row['model']} on {row['question_id']}, game {row['game']}): counted as without a verdict"
    )
    return pa.concat_tables([judgments, absent])
