"""One leaderboard as a page shows it: sentence titles, formatted rows, plots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from benchbuilder.views.html import figures
from benchbuilder.views.html.report import Board, Report, rows_of
from benchbuilder.views.judge_health import LOOK, PROBLEM, SHORT_NAMES, UNKNOWN, Check, all_checks
from benchbuilder.views.leaderboard import AGREEMENT, headline
from benchbuilder.views.tables import percent

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
        "human": _human(tables, board),
        "topics": _topics([r for r in breakdown if r["dimension"] == "topic"], order, board),
        "health": _health(board),
        "coverage": _coverage(board),
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
        "title": f"{_count(above, 'model')} above {board['baseline']}, {below} below, "
        f"{len(rated) - above - below} not separated from it",
        "rows": [{**row, "shift": shifts.get(row["model"])} for row in rows],
        "interval": f"{100 * board['settings']['confidence']:g} % interval",
        "style": list(board["settings"]["style"] or ()) if shifts else [],
        "tokens": any(row["mean_tokens"] is not None for row in rows),
        "cost": any(row["cost_usd"] is not None for row in rows),
        "topics": sorted(parts["topic"].items(), key=lambda item: (-item[1], item[0])),
        "judges": sorted(parts["judge"].items()),
    }


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _pairs(pairs: Sequence[Context], order: Sequence[str], board: Board) -> Context:
    found = board["separability"]
    undecided = sorted(
        (pair for pair in pairs if pair["separated_paired"] is False),
        key=lambda pair: (-pair["difference"], pair["model"], pair["other"]),
    )
    title = "There is no pair of models to tell apart"
    if found["pairs"]:
        title = (
            f"{found['separated_paired']:,} of {_count(found['pairs'], 'pair')} of models can be "
            f"told apart, {found['separated_disjoint']:,} by the paper's rule"
        )
    return {
        "title": title,
        "found": found,
        "open": undecided[:OPEN_PAIRS_SHOWN],
        "open_count": len(undecided),
        "figure": figures.pair_matrix(pairs, order) if pairs else None,
        "height": figures.height_of(len(order)),
    }


def _human(tables: dict[str, pa.Table], board: Board) -> Context | None:
    human = board.get("human")
    if not human:
        return None
    agreed, rows = board["agreement"], rows_of(tables["human"], board)
    called = human["name"]
    title = (
        f"{agreed['agree']} of the {_count(agreed['human_separated'], 'pair')} that the {called} "
        f"separates are separated here in the same order, {agreed['disagree']} in the opposite"
    )
    definitions = [(text, percent(agreed[key]), key) for key, text in AGREEMENT.items()]
    orders = [
        (name, board[key]) for name, key in (("Spearman", "spearman"), ("Kendall τ-b", "kendall"))
    ]
    return {
        **human,
        "title": title,
        "agreement": agreed,
        "definitions": definitions,
        "orders": orders,
        "brier": board["brier"],
        "rows": rows,
        "figure": figures.against_people(rows, called),
    }


def _topics(rows: Sequence[Context], order: Sequence[str], board: Board) -> Context:
    found = board["topics"]
    shown = figures.largest_topics(rows)
    borda = sorted(
        ((model, value) for model, value in found["borda"].items() if value is not None),
        key=lambda item: (-item[1], item[0]),
    )
    mean = {row["model"]: row["win_rate"] for row in board["leaderboard"]}
    return {
        **found,
        "title": _topic_title(rows, found),
        "shown": len(shown),
        "borda": [(model, value, mean[model]) for model, value in borda],
        "figure": figures.topic_matrix(rows, order) if shown else None,
        "height": figures.height_of(len(order)) + 80,
    }


def _topic_title(rows: Sequence[Context], found: Context) -> str:
    if found["reason"]:
        return f"By topic there is nothing to read: {found['reason']}"
    leads: dict[str, int] = {}
    for topic in found["counted"]:
        rated = [r for r in rows if r["part"] == topic and r["prompts"] >= found["min_prompts"]]
        first = min(rated, key=lambda r: (-r["win_rate"], r["model"]))["model"]
        leads[first] = leads.get(first, 0) + 1
    model = min(leads, key=lambda name: (-leads[name], name))
    return (
        f"{model} leads on {leads[model]} of {_count(len(found['counted']), 'topic')} with at "
        f"least {found['min_prompts']} questions"
    )


def _health(board: Board) -> Context:
    checks = all_checks(board)
    health = board["judge_health"]
    return {
        "title": _health_title(checks),
        "checks": checks,
        "unknown": UNKNOWN,
        "same_winner": health["swap_agreement"],
        "pairs": health["pairs"],
        "games": health["games"],
        "first": [
            ("the baseline stands first", health["baseline_first"]),
            ("the model stands first", health["baseline_second"]),
        ],
    }


def _health_title(checks: Sequence[Check]) -> str:
    measured = sum(check.verdict != UNKNOWN for check in checks)
    for state, one, many in (
        (PROBLEM, "shows a problem", "show a problem"),
        (LOOK, "asks for a look", "ask for a look"),
    ):
        found = [SHORT_NAMES[check.key] for check in checks if check.verdict == state]
        if found:
            verb = one if len(found) == 1 else many
            return f"{len(found)} of {measured} checks of the judge {verb}: {', '.join(found)}"
    return f"All {measured} checks of the judge are fine"


def _coverage(board: Board) -> Context:
    rows = [row for row in board["leaderboard"] if row["model"] != board["baseline"]]
    short = [row for row in rows if row["coverage"] < 1]
    reasons = [(r.replace("_", " "), n) for r, n in board["judge_health"]["by_reason"].items()]
    if short:
        worst = min(short, key=lambda row: (row["coverage"], row["model"]))
        title = (
            f"{_count(len(short), 'model')} without a verdict on every question; the least "
            f"covered is {worst['model']} with {worst['prompts']} of {board['questions']}"
        )
    else:
        title = f"Every model has a verdict on all {board['questions']} questions"
    return {
        "title": title,
        "short": short,
        "reasons": reasons,
        "games": board["judge_health"]["games"],
    }


def _style(board: Board) -> Context:
    style = board["style"]
    coefficients = [
        (feature, value, style["coefficient_errors"][feature])
        for feature, value in (style["coefficients"] or {}).items()
    ]
    return {"reason": style["reason"], "coefficients": coefficients}
