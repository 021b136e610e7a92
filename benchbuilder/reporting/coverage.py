"""Models whose verdicts leave too many questions out."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def below_coverage(board: Document, minimum: float) -> Document:
    """The models of a leaderboard with verdicts on a smaller share of the questions than asked for.

    Models that were stopped early are not meant to reach it.
    """
    return {
        "minimum": minimum,
        "models": [
            {key: row[key] for key in ("model", "prompts", "coverage")}
            for row in board["leaderboard"]
            if row["coverage"] < minimum and row["model"] not in board["stopped"]
        ],
    }
