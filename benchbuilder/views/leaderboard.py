"""The report on a terminal: sentences first, then tables, then the fine print."""

from __future__ import annotations

from typing import Any

from rich.console import Console, Group
from rich.markup import escape
from rich.text import Text

from benchbuilder.text.counting import count_of, listed
from benchbuilder.views.fitted import Fitted
from benchbuilder.views.headline import headline
from benchbuilder.views.judge_health import UNKNOWN, all_checks
from benchbuilder.views.tables import grid, percent, table, titled

Board = dict[str, Any]

#: Models without a partner that are named; the page and --json have all of them.
_NAMES_SHOWN = 12

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
        console.print(_style(board))
    console.print(_fine_print(board))


def _leaderboard(board: Board) -> Group:
    rows = []
    for row in board["leaderboard"]:
        low, high = row["rank_low"], row["rank_high"]
        rows.append(
            (
                str(low) if low == high else f"{low}–{high}",
                row["model"],
                percent(row["win_rate"]),
                _interval(row),
                row["prompts"],
                percent(row["coverage"], 0),
                None if row["mean_tokens"] is None else round(row["mean_tokens"]),
            )
        )
    interval = f"{100 * board['settings']['confidence']:g} % interval"
    columns = ("rank", "model", "win rate", interval, "questions", "cover", "tokens")
    optional = ("tokens", "questions", "cover", "rank")
    made = Fitted("Leaderboard", columns, rows, "model", optional, left=2)
    notes = [f"  {r['model']}: {r['note']}" for r in board["leaderboard"] if r["note"]]
    return Group(made, *[Text(note, style="dim") for note in [*notes, ""]])


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
    pairs = count_of(found["pairs"], "pair")
    title = f"Which models can be told apart? ({pairs}, without the baseline)"
    return table(title, ("", "pairs", "share"), rows)


def _print_human(console: Console, board: Board) -> None:
    human = board["human"]
    called, models = human["name"], len(human["models"])
    agreement = board["agreement"]
    rows = [(text, percent(agreement[name])) for name, text in AGREEMENT.items()]
    title = (
        f"Against the {called}: {count_of(models, 'model')}, "
        f"{count_of(agreement['pairs'], 'pair')}, of which it separates "
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
            names = listed(human[key], _NAMES_SHOWN)
            console.print(f"  {title}: {escape(names)}\n", soft_wrap=True)


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _health(board: Board) -> Group:
    health = board["judge_health"]
    checks = [check for check in all_checks(board) if check.verdict != UNKNOWN]
    rows: list[tuple[Any, ...]] = [(check.name, check.shown, check.verdict) for check in checks]
    rows.append(("same winner in both games", percent(health["swap_agreement"]), ""))
    rows += [
        (f"  no verdict: {reason.replace('_', ' ')}", count, "")
        for reason, count in health["by_reason"].items()
        if reason != "ok"
    ]
    made = grid(("check", "value", "verdict"), rows)
    made.columns[2].justify = "left"
    found = titled(f"Health of the judge ({count_of(health['games'], 'game')})", made)
    advice = [f"  {check.name}: {check.advice}" for check in checks if check.advice]
    return Group(found, *[Text(line) for line in advice], *([""] if advice else []))


def _judge_directed(found: Board) -> Fitted:
    rows = [
        (row["model"], row["answers"], row["markers"], row["phrases"]) for row in found["models"]
    ]
    speak = "speaks" if found["answers"] == 1 else "speak"
    hold = "holds" if found["answers"] == 1 else "hold"
    title = (
        f"{count_of(found['answers'], 'answer')} {speak} to the judge, or {hold} its markers "
        "(all: --json)"
    )
    return Fitted(title, ("model", "answers", "markers", "phrases"), rows, "model")


def _style(board: Board) -> Fitted:
    """In the order of the leaderboard, without the baseline."""
    rates, shifts = board["style"]["win_rate"], board["style"]["shift"]
    ranked = [row["model"] for row in board["leaderboard"] if row["model"] in shifts]
    rows = [
        (model, percent(rates[model]), "–" if shifts[model] is None else f"{shifts[model]:+.1f}")
        for model in ranked
    ]
    return Fitted("At equal style", ("model", "win rate", "shift (points)"), rows, "model")


def _fine_print(board: Board) -> str:
    settings = board["settings"]
    return (
        f"[dim]{settings['rounds']:,} rounds, seed {settings['seed']}; intervals: "
        f"{settings['interval']}; weighting {settings['weighting']}, games without a verdict: "
        f"{settings['null_game']}; ranks: {settings['ranks']}.[/]"
    )
