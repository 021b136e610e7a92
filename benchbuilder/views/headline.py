"""What a report says first: how much was judged, who leads, what to be careful about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchbuilder.text.counting import count_of
from benchbuilder.views.judge_health import LIMITS
from benchbuilder.views.tables import percent

Board = dict[str, Any]
_NAMED = 3
_SMALLEST_SHOWN = 0.0005  # a smaller share would read 0.0%


def headline(board: Board) -> list[str]:
    """Three sentences."""
    return [_how_much(board), _who_leads(board), _careful(board)]


def _how_much(board: Board) -> str:
    models = [row for row in board["leaderboard"] if row["model"] != board["baseline"]]
    of = "" if board["category"] == "all" else f" of the category {board['category']}"
    return (
        f"{count_of(len(models), 'model')} against {board['baseline']} on "
        f"{count_of(board['questions'], 'question')}{of}, judged by {listed(board['judges'])}."
    )


def _who_leads(board: Board) -> str:
    ranked = [row for row in board["leaderboard"] if row["win_rate"] is not None]
    if all(row["model"] == board["baseline"] for row in ranked):
        return "No model has a win rate: no game has a verdict that counts."
    best = ranked[0]["win_rate"]
    leaders = [row for row in ranked if row["win_rate"] == best]
    others = [row for row in ranked if row["win_rate"] != best]
    said = _leading(board, [row["model"] for row in leaders], best)
    are = "is" if len(leaders) == 1 else "are"
    if any(row["lower"] is None for row in leaders):
        return f"{said}; without an interval nothing is separated."
    near = [row["model"] for row in others if row["rank_low"] == 1 or row["lower"] is None]
    if near:
        return f"{said}, but {are} not separated from {listed(near)}."
    return f"{said}, separated from all others." if others else f"{said}."


def _leading(board: Board, leaders: Sequence[str], best: float) -> str:
    baseline = board["baseline"]
    if list(leaders) == [baseline]:
        return f"No model reaches {percent(best)}: the baseline {baseline} leads"
    if len(leaders) == 1:
        return f"{leaders[0]} leads with a win rate of {percent(best)}"
    named = [f"the baseline {name}" if name == baseline else name for name in leaders]
    said = f"{listed(named)} lead together with a win rate of {percent(best)}"
    return said[0].upper() + said[1:] if named[0] != leaders[0] else said


def _careful(board: Board) -> str:
    warnings = list(_warnings(board))
    if warnings:
        return "Be careful: " + "; ".join(warnings) + "."
    if board["judge_health"]["position_bias"] is None:
        return "Every game has a verdict; what a side is worth to the judge was not measured."
    return "Every game has a verdict, and no strong preference for a side shows."


def _warnings(board: Board) -> Iterator[str]:
    health = board["judge_health"]
    below = (board.get("below_coverage") or {}).get("models")
    if below:
        worst = min(below, key=lambda row: (row["coverage"], row["model"]))
        whose = f"{worst['model']}: " if len(below) > 1 else ""
        yield (
            f"coverage is below {percent(board['below_coverage']['minimum'], 0)} for "
            f"{listed([row['model'] for row in below])} ({whose}{worst['prompts']:,} of "
            f"{count_of(board['questions'], 'question')})"
        )
    if board.get("outdated"):
        yield f"the judgments are older than the {listed(board['outdated'])} that lie beside them"
    if health["null_fraction"]:
        yield _nulls(health)
    bias = health["position_bias"]
    if bias is not None and abs(bias) >= LIMITS["position_bias"][0]:
        side = "first" if bias > 0 else "second"
        yield f"the judge prefers the {side} side by {abs(100 * bias):.1f} points"
    if _always_one_side(health):
        yield "the model stands on the same side in every game, so what a side is worth counts too"


def _nulls(health: Board) -> str:
    share = health["null_fraction"]
    if share >= _SMALLEST_SHOWN:
        return f"{percent(share)} of the games have no verdict"
    few = sum(health["by_reason"].values())
    have = "has" if few == 1 else "have"
    return f"{few:,} of {count_of(health['games'], 'game')} {have} no verdict"


def _always_one_side(health: Board) -> bool:
    """One game a question and no change of sides, or sides that the file did not tell."""
    sides: list[int] = [health[key]["games"] for key in ("baseline_first", "baseline_second")]
    return min(sides) == 0 and max(sides) > 1


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: ``a``, ``a and b``, ``a, b and c``, ``a, b, c and 4 more``."""
    shown = list(names[:_NAMED])
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    *first, last = [*shown, *more]
    return f"{', '.join(first)} and {last}" if first else last
