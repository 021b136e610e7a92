"""One leaderboard as a page shows it: sentence titles, formatted rows, plots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from benchbuilder.text.counting import count_of
from benchbuilder.views.headline import headline
from benchbuilder.views.html.figures import height_of
from benchbuilder.views.html.matrices import pair_matrix
from benchbuilder.views.html.report import Board, Report, rows_of
from benchbuilder.views.html.sections import (
    coverage_section,
    health_section,
    human_section,
    topics_section,
)

Context = dict[str, Any]

#: Pairs that are listed by name under the matrix; the table has all of them.
OPEN_PAIRS_SHOWN = 40


def board_context(report: Report, tables: dict[str, pa.Table], board: Board) -> Context:
    """What the template ``board.html.j2`` needs of one board."""
    order = [row["model"] for row in board["leaderboard"] if row["model"] != board["baseline"]]
    breakdown = rows_of(report.tables["breakdown"], board)
    return {
        "baseline": board["baseline"],
        "category": board["category"],
        "label": _label(report, board),
        "headline": headline(board),
        "questions": board["questions"],
        "leaderboard": _leaderboard(board, breakdown),
        "pairs": _pairs(rows_of(report.tables["pairs"], board), order, board),
        "human": human_section(tables, board),
        "topics": topics_section([r for r in breakdown if r["dimension"] == "topic"], order, board),
        "health": health_section(board),
        "coverage": coverage_section(board),
        "style": _style(board),
    }


def _label(report: Report, board: Board) -> str:
    """The name of a board in the list of boards."""
    category = "all questions" if board["category"] == "all" else f"category {board['category']}"
    several = len({other["baseline"] for other in report.boards}) > 1
    return f"against {board['baseline']}: {category}" if several else category


def _leaderboard(board: Board, breakdown: Sequence[Context]) -> Context:
    rows = board["leaderboard"]
    rated = [r for r in rows if r["model"] != board["baseline"] and r["lower"] is not None]
    above = sum(row["lower"] > 0.5 for row in rated)
    below = sum(row["upper"] < 0.5 for row in rated)
    shifts = board["style"]["shift"] or {}
    parts: dict[str, dict[str, int]] = {"topic": {}, "judge": {}}
    for row in breakdown:
        sizes = parts[row["dimension"]]
        sizes[row["part"]] = max(sizes.get(row["part"], 0), row["prompts"])
    return {
        "title": f"{count_of(above, 'model')} above {board['baseline']}, {below} below, "
        f"{len(rated) - above - below} not separated from it",
        "rows": [{**row, "shift": shifts.get(row["model"])} for row in rows],
        "interval": f"{100 * board['settings']['confidence']:g} % interval",
        "style": list(board["settings"]["style"] or ()) if shifts else [],
        "tokens": any(row["mean_tokens"] is not None for row in rows),
        "cost": any(row["cost_usd"] is not None for row in rows),
        "topics": sorted(parts["topic"].items(), key=lambda item: (-item[1], item[0])),
        "judges": sorted(parts["judge"].items()),
    }


def _pairs(pairs: Sequence[Context], order: Sequence[str], board: Board) -> Context:
    found = board["separability"]
    undecided = sorted(
        (pair for pair in pairs if pair["separated_paired"] is False),
        key=lambda pair: (-pair["difference"], pair["model"], pair["other"]),
    )
    title = "There is no pair of models to tell apart"
    if found["pairs"]:
        title = (
            f"{found['separated_paired']:,} of {count_of(found['pairs'], 'pair')} of models can be "
            f"told apart, {found['separated_disjoint']:,} by the paper's rule"
        )
    return {
        "title": title,
        "found": found,
        "open": undecided[:OPEN_PAIRS_SHOWN],
        "open_count": len(undecided),
        "figure": pair_matrix(pairs, order) if pairs else None,
        "height": height_of(len(order)),
    }


def _style(board: Board) -> Context:
    style = board["style"]
    coefficients = [
        (feature, value, style["coefficient_errors"][feature])
        for feature, value in (style["coefficients"] or {}).items()
    ]
    return {"reason": style["reason"], "coefficients": coefficients}
