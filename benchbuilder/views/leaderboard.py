"""The report on a terminal of 80 columns: sentences first, then tables, then the fine print."""

from __future__ import annotations

from typing import Any

from rich.console import Console, Group
from rich.markup import escape
from rich.text import Text

from benchbuilder.views.judge_health import LIMITS, all_checks, core_checks
from benchbuilder.views.tables import grid, percent, shortened, table, titled

Board = dict[str, Any]

AGREEMENT = {
    "human_separable": "(agree − disagree) / pairs the other ranking separates",
    "all_pairs": "(agree − disagree) / all pairs",
    "half_credit": "(agree + half the undecided) / pairs the other ranking separates",
}


def show(console: Console, board: Board) -> None:
    """Print one leaderboard and what it is worth."""
    for sentence in headline(board):
        console.print(escape(sentence))
    console.print()
    console.print(_leaderboard(board))
    console.print(_separability(board["separability"]))
    if board.get("human"):
        _print_human(console, board)
    console.print(_health(board))
    if board["judge_directed"]["answers"]:
        console.print(_judge_directed(board["judge_directed"]))
    if board["style"]["shift"]:
        console.print(_style(board["style"]))
    console.print(_fine_print(board))


def headline(board: Board) -> list[str]:
    """Three sentences: how much, who leads, what to be careful about."""
    rows = board["leaderboard"]
    models = [row for row in rows if row["model"] != board["baseline"]]
    what = "" if board["category"] == "all" else f" of the category {board['category']}"
    return [
        f"{len(models)} models against {board['baseline']} on {board['questions']} "
        f"questions{what}, judged by {', '.join(board['judges'])}.",
        _who_leads(rows),
        _careful(board["judge_health"]),
    ]


def _who_leads(rows: list[Board]) -> str:
    ranked = [row for row in rows if row["win_rate"] is not None]
    leader = ranked[0]
    tied = [row["model"] for row in ranked[1:] if row["rank_low"] == 1]
    score = f"{leader['model']} leads with a win rate of {percent(leader['win_rate'])}"
    if not tied:
        return f"{score}, separated from all others."
    few = ", ".join(tied[:3]) + (f" and {len(tied) - 3} more" if len(tied) > 3 else "")
    return f"{score}, but is not separated from {few}."


def _careful(health: Board) -> str:
    warnings = []
    if health["null_fraction"]:
        warnings.append(f"{percent(health['null_fraction'])} of the games have no verdict")
    bias = health["position_bias"]
    if bias is not None and abs(bias) >= LIMITS["position_bias"][0]:
        side = "first" if bias > 0 else "second"
        warnings.append(f"the judge prefers the {side} side by {abs(100 * bias):.1f} points")
    if not warnings:
        return "Every game has a verdict, and no strong preference for a side shows."
    return "Be careful: " + " and ".join(warnings) + "."


def _leaderboard(board: Board) -> Group:
    rows = []
    for row in board["leaderboard"]:
        low, high = row["rank_low"], row["rank_high"]
        rows.append(
            (
                str(low) if low == high else f"{low}–{high}",
                shortened(row["model"], 28),
                percent(row["win_rate"]),
                _interval(row),
                row["prompts"],
                percent(row["coverage"], 0),
                None if row["mean_tokens"] is None else round(row["mean_tokens"]),
            )
        )
    interval = f"{100 * board['settings']['confidence']:g} % interval"
    columns = ("rank", "model", "win rate", interval, "questions", "cover", "tokens")
    made = grid(columns, rows, left=2)
    notes = [f"  {r['model']}: {r['note']}" for r in board["leaderboard"] if r["note"]]
    return Group(titled("Leaderboard", made), *[Text(note, style="dim") for note in [*notes, ""]])


def _interval(row: Board) -> str:
    if row["lower"] is None:
        return "–"
    return f"{100 * row['lower']:.1f} – {100 * row['upper']:.1f}"


def _separability(found: Board) -> Group:
    rows = [
        (
            "intervals are disjoint",
            found["separated_disjoint"],
            percent(found["disjoint_intervals"]),
        ),
        ("paired difference is not 0", found["separated_paired"], percent(found["paired"])),
    ]
    title = f"Which models can be told apart? ({found['pairs']} pairs, without the baseline)"
    return table(title, ("", "pairs", "share"), rows)


def _print_human(console: Console, board: Board) -> None:
    human = board["human"]
    called, models = human["name"], len(human["models"])
    agreement = board["agreement"]
    rows = [(text, percent(agreement[name])) for name, text in AGREEMENT.items()]
    title = (
        f"Against the {called}: {models} models, {agreement['pairs']} pairs, of which it separates "
        f"{agreement['human_separated']}"
    )
    console.print(table(title, ("agreement with confidence", ""), rows))
    order: list[tuple[str, ...]] = [
        (name, *[_three(board[key][part]) for part in ("value", "lower", "upper")])
        for name, key in (("Spearman", "spearman"), ("Kendall tau-b", "kendall"))
    ]
    order.append(("Brier score", _three(board["brier"]), "", ""))
    console.print(
        table("Same order? (intervals over models)", ("", "value", "lower", "upper"), order)
    )
    for title, key in (("not ranked there", "unmatched_models"), ("not here", "unmatched_human")):
        if human[key]:
            console.print(f"  {title}: {escape(', '.join(human[key]))}\n", soft_wrap=True)


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _health(board: Board) -> Group:
    health, several = board["judge_health"], board["judge_agreement"]
    rows: list[tuple[Any, ...]] = [(c.name, c.shown, c.verdict) for c in core_checks(health)]
    rows.append(("same winner in both games", percent(health["swap_agreement"]), ""))
    if health["length"]:
        share = health["length"]["longer_wins"]
        rows.append(("longer answer wins (decided games)", percent(share), ""))
    if len(several["judges"]) > 1:
        known = {check.key: check for check in all_checks(board)}["alpha"]
        rows.append((known.name, known.shown, known.verdict))
    rows += [
        (f"  no verdict: {reason.replace('_', ' ')}", count, "")
        for reason, count in health["by_reason"].items()
        if reason != "ok"
    ]
    made = grid(("", "", ""), rows)
    made.columns[2].justify = "left"
    return titled(f"Health of the judge ({health['games']:,} games)", made)


def _judge_directed(found: Board) -> Group:
    rows = [
        (shortened(row["model"], 40), row["answers"], row["markers"], row["phrases"])
        for row in found["models"]
    ]
    title = f"{found['answers']} answers speak to the judge, or hold its markers (all: --json)"
    return table(title, ("model", "answers", "markers", "phrases"), rows)


def _style(style: Board) -> Group:
    rows = [
        (model, percent(style["win_rate"][model]), "–" if shift is None else f"{shift:+.1f}")
        for model, shift in style["shift"].items()
    ]
    return table("At equal style", ("model", "win rate", "shift (points)"), rows)


def _fine_print(board: Board) -> str:
    settings = board["settings"]
    return (
        f"[dim]{settings['interval']}, {settings['rounds']:,} rounds, seed {settings['seed']}; "
        f"weighting {settings['weighting']}, games without a verdict: {settings['null_game']}; "
        f"ranks: {settings['ranks']}.[/]"
    )
