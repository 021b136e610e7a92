"""The two matrices of a board: pairs of models, and models by topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchbuilder.stats.topics import MIN_PROMPTS
from benchbuilder.views.html.figures import figure, height_of, limits, plain, points

Row = dict[str, Any]

#: Topics on the heat map, the largest first; the table has all of them.
TOPICS_SHOWN = 40
#: Up to so many models a cell has room for its number.
_NUMBERED = 14
_COLOUR_BAR = {"thickness": 10, "len": 0.9, "outlinewidth": 0, "nticks": 5}


def pair_matrix(pairs: Sequence[Row], order: Sequence[str]) -> str:
    """Models × models, best first. Upper triangle: the paired difference; lower triangle: the
    paper's rule. A cell has colour only where its rule separates the pair."""
    import plotly.graph_objects as go

    place = {model: i for i, model in enumerate(order)}
    size = len(order)
    apart, level = _grid(size, size), _grid(size, size)
    words, level_words = _grid(size, size), _grid(size, size)
    for pair in pairs:
        i, j = place[pair["model"]], place[pair["other"]]
        for row, column, separated, told in (
            (i, j, pair["separated_paired"], _paired_words(pair)),
            (j, i, pair["separated_disjoint"], _disjoint_words(pair)),
        ):
            target, said = (apart, words) if separated else (level, level_words)
            target[row][column] = round(100 * pair["difference"], 2) if separated else 0
            said[row][column] = told
    names = [plain(model) for model in order]
    shared = {"x": names, "y": names, "hoverongaps": False, **_gaps(size)}
    colour_bar = {"title": {"text": "points"}, **_COLOUR_BAR}
    return figure(
        [
            go.Heatmap(
                z=level, text=level_words, hovertemplate="%{text}<extra></extra>", showscale=False,
                zmin=0, zmax=1, meta={"part": "quiet"}, **shared,
            ),
            go.Heatmap(
                z=apart, text=words, hovertemplate="%{text}<extra></extra>", colorbar=colour_bar,
                zmin=0, texttemplate="%{z:.0f}" if size <= _NUMBERED else None,
                meta={"part": "sequential"}, **shared,
            ),
        ],
        height=height_of(size),
        xaxis={"side": "top", "tickangle": -60, "showgrid": False, "type": "category"},
        yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
        meta={"long_names": ["x", "y"]},
    )  # fmt: skip


def _gaps(rows: int) -> dict[str, int]:
    """Lines between cells, where the cells are large enough."""
    return {"xgap": 1, "ygap": 1} if rows <= 40 else {"xgap": 0, "ygap": 0}


def _grid(rows: int, columns: int) -> list[list[Any]]:
    return [[None] * columns for _ in range(rows)]


def _paired_words(pair: Row) -> str:
    model, other = plain(pair["model"]), plain(pair["other"])
    if pair["separated_paired"] is None:
        return f"{model} and {other}: no interval"
    gap = (
        f"{points(pair['difference'])} points, {limits(pair['lower'], pair['upper'])}, "
        f"{_p_words(pair['p_value'])}"
    )
    if pair["separated_paired"]:
        return f"{model} beats {other} by {gap}"
    return f"{model} and {other} are not separated: {gap}"


def _p_words(p_value: float) -> str:
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def _disjoint_words(pair: Row) -> str:
    model, other = plain(pair["model"]), plain(pair["other"])
    if pair["separated_disjoint"] is None:
        return f"{model} and {other}: no interval"
    how = "are disjoint" if pair["separated_disjoint"] else "overlap"
    return f"the intervals of {model} and {other} {how}"


def topic_matrix(rows: Sequence[Row], order: Sequence[str]) -> str:
    """Models × topics: the win rate, diverging around 50 %, grey where n is below the minimum."""
    import plotly.graph_objects as go

    topics = largest_topics(rows)
    column = {topic: j for j, topic in enumerate(topics)}
    line = {model: i for i, model in enumerate(order)}
    rate, thin = _grid(len(order), len(topics)), _grid(len(order), len(topics))
    words, thin_words = _grid(len(order), len(topics)), _grid(len(order), len(topics))
    for row in rows:
        if row["part"] not in column or row["model"] not in line or row["win_rate"] is None:
            continue
        i, j = line[row["model"]], column[row["part"]]
        enough = row["prompts"] >= MIN_PROMPTS
        target, said = (rate, words) if enough else (thin, thin_words)
        target[i][j] = round(100 * row["win_rate"], 1) if enough else 0
        said[i][j] = _topic_words(row)
    shared = {
        "x": [plain(topic) for topic in topics],
        "y": [plain(model) for model in order],
        "hoverongaps": False, **_gaps(len(order)),
    }  # fmt: skip
    few = len(topics) <= 14 and len(order) <= 30
    colour_bar = {"ticksuffix": " %", **_COLOUR_BAR}
    return figure(
        [
            go.Heatmap(
                z=thin, text=thin_words, hovertemplate="%{text}<extra></extra>", showscale=False,
                zmin=0, zmax=1, meta={"part": "quiet"}, **shared,
            ),
            go.Heatmap(
                z=rate, text=words, hovertemplate="%{text}<extra></extra>", colorbar=colour_bar,
                zmin=0, zmax=100, texttemplate="%{z:.0f}" if few else None,
                meta={"part": "diverging"}, **shared,
            ),
        ],
        height=height_of(len(order)) + 80,
        xaxis={"side": "top", "tickangle": -60, "showgrid": False, "type": "category"},
        yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
        meta={"long_names": ["x", "y"]},
    )  # fmt: skip


def largest_topics(rows: Sequence[Row]) -> list[str]:
    """Those that at least one model can be read on, the largest first, up to what a plot holds."""
    size: dict[str, int] = {}
    for row in rows:
        size[row["part"]] = max(size.get(row["part"], 0), row["prompts"])
    readable = [topic for topic in size if size[topic] >= MIN_PROMPTS]
    return sorted(readable, key=lambda topic: (-size[topic], topic))[:TOPICS_SHOWN]


def _topic_words(row: Row) -> str:
    n = f"{row['prompts']} question{'' if row['prompts'] == 1 else 's'}"
    said = f"{plain(row['model'])} on {plain(row['part'])}: {points(row['win_rate'])} %"
    if row["lower"] is None:
        return f"{said}, {n}"
    return f"{said}, {limits(row['lower'], row['upper'])}, {n}"
