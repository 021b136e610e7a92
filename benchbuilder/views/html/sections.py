"""The sections that qualify a leaderboard: people, topics, the judge, coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from benchbuilder.text.counting import count_of
from benchbuilder.views.html.figures import against_people, height_of
from benchbuilder.views.html.matrices import largest_topics, topic_matrix
from benchbuilder.views.html.report import Board, rows_of
from benchbuilder.views.judge_health import LOOK, PROBLEM, SHORT_NAMES, UNKNOWN, Check, all_checks
from benchbuilder.views.leaderboard import AGREEMENT
from benchbuilder.views.tables import percent

Context = dict[str, Any]


def human_section(tables: dict[str, pa.Table], board: Board) -> Context | None:
    """The comparison with people; None without a ranking."""
    human = board.get("human")
    if not human:
        return None
    agreed, rows = board["agreement"], rows_of(tables["human"], board)
    called = human["name"]
    title = (
        f"{agreed['agree']} of the {count_of(agreed['human_separated'], 'pair')} that the {called} "
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
        "figure": against_people(rows, called),
    }


def topics_section(rows: Sequence[Context], order: Sequence[str], board: Board) -> Context:
    """Win rates by topic and their consensus."""
    found = board["topics"]
    shown = largest_topics(rows)
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
        "figure": topic_matrix(rows, order) if shown else None,
        "height": height_of(len(order)) + 80,
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
        f"{model} leads on {leads[model]} of {count_of(len(found['counted']), 'topic')} with at "
        f"least {found['min_prompts']} questions"
    )


def health_section(board: Board) -> Context:
    """The checks of the judge."""
    checks = all_checks(board)
    health = board["judge_health"]
    return {
        "title": _health_title(checks),
        "checks": checks,
        "unknown": UNKNOWN,
        "same_winner": health["swap_agreement"],
        "pairs": health["pairs"],
        "games": health["games"],
        "directed": board["judge_directed"],
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


def coverage_section(board: Board) -> Context:
    """What has no verdict, and why."""
    short = [row for row in board["leaderboard"] if row["coverage"] < 1]
    reasons = [(r.replace("_", " "), n) for r, n in board["judge_health"]["by_reason"].items()]
    if short:
        worst = min(short, key=lambda row: (row["coverage"], row["model"]))
        lack = "lacks" if len(short) == 1 else "lack"
        asked = count_of(board["questions"], "question")
        title = (
            f"{count_of(len(short), 'model')} {lack} verdicts; the least covered is "
            f"{worst['model']} with {worst['prompts']:,} of {asked}"
        )
    else:
        several = board["questions"] > 1
        asked = f"all {board['questions']:,} questions" if several else "the one question"
        title = f"Every model has a verdict on {asked}"
    return {
        "title": title,
        "short": short,
        "reasons": reasons,
        "games": board["judge_health"]["games"],
    }
