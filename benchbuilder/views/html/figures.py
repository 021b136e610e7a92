"""What all plots share, and the scatter against people.

Colours are left to the page, which knows the reader's theme: every trace says in ``meta`` which
part it plays (``accent``, ``quiet``, ``sequential`` or ``diverging``).
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from benchbuilder.views.tables import shortened

Row = dict[str, Any]

#: The plot against people and its text in pixels, as wide as the page has it; a phone leaves names
#: out where there are many.
_SCATTER = (780.0, 330.0)
_CHAR, _LINE, _POINT, _EDGE = 6.4, 15.0, 10.0, 45.0
LABEL_CHARS = 28
LEGEND_ABOVE = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"}
"""Over the plot, so that it takes no width from it."""
_PIXELS_PER_ROW, _SMALLEST, _LARGEST = 22, 320, 1100


def plain(text: str) -> str:
    """Names as plotly shows them: it reads a little HTML, which a name must not be."""
    return html.escape(text, quote=False)


def figure(traces: Sequence[Any], **layout: Any) -> str:
    """A figure as JSON; sizes and margins alike everywhere."""
    import plotly.graph_objects as go

    made = go.Figure(list(traces))
    made.update_layout(
        template="none",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=False,
        hovermode="closest",
        dragmode=False,
    )
    made.update_layout(**layout)
    made.update_xaxes(automargin=True, fixedrange=True)
    made.update_yaxes(automargin=True, fixedrange=True)
    written: str = made.to_json()
    return written


def selected_against_all(rows: Sequence[Row], label: str, title: str, *, step: int | None) -> str:
    """Selected prompts beside all prompts, each as shares of their own number.

    ``rows`` have ``prompts`` and ``selected`` and, under ``label``, the class; ``step``: between
    two ticks where classes are numbers.
    """
    import plotly.graph_objects as go

    traces = []
    for column, part, name in (("prompts", "quiet", "all"), ("selected", "accent", "selected")):
        total = max(sum(row[column] for row in rows), 1)
        traces.append(
            go.Bar(
                x=[row[label] for row in rows],
                y=[100 * row[column] / total for row in rows],
                customdata=[row[column] for row in rows],
                hovertemplate=f"{label} %{{x}}: %{{y:.1f}} % of {name} prompts "
                "(%{customdata})<extra></extra>",
                name=f"{name} (n = {total:,})",
                meta={"part": part},
            )
        )
    ticks = {"type": "category"} if step is None else {"dtick": step}
    return figure(
        traces,
        height=300,
        showlegend=True,
        legend=LEGEND_ABOVE,
        xaxis={"title": {"text": title}, "showgrid": False, "zeroline": False, **ticks},
        yaxis={"title": {"text": "share of prompts (%)"}},
    )


def height_of(rows: int) -> int:
    """Pixels for a plot with one line per row."""
    return max(_SMALLEST, min(_LARGEST, 120 + rows * _PIXELS_PER_ROW))


def points(share: float) -> str:
    """A share as points with one decimal and a proper minus."""
    return f"{100 * share:.1f}".replace("-", "−")


def limits(lower: float, upper: float) -> str:
    return f"{points(lower)} to {points(upper)}"


def against_people(rows: Sequence[Row], called: str) -> str:
    """Rating by people against win rate, both with their intervals."""
    import plotly.graph_objects as go

    rows = [row for row in rows if row["win_rate"] is not None]
    names = [plain(row["model"]) for row in rows]
    rate = [100 * row["win_rate"] for row in rows]
    low = [100 * (row["win_rate"] - _or(row["lower"], row["win_rate"])) for row in rows]
    high = [100 * (_or(row["upper"], row["win_rate"]) - row["win_rate"]) for row in rows]
    rating = [row["human_rating"] for row in rows]
    left = [row["human_rating"] - row["human_lower"] for row in rows]
    right = [row["human_upper"] - row["human_rating"] for row in rows]
    labels, sides = _with_room(rating, rate, [shortened(r["model"], LABEL_CHARS) for r in rows])
    whisker = {"type": "data", "symmetric": False, "thickness": 1.2, "width": 0}
    return figure(
        [
            go.Scatter(
                x=rating, y=rate, text=[plain(label) for label in labels], textposition=sides,
                hovertext=names, mode="markers+text",
                customdata=[
                    [points(r["win_rate"]), r["human_rating"], r["human_lower"], r["human_upper"]]
                    for r in rows
                ],
                hovertemplate="%{hovertext}: win rate %{customdata[0]} %, rating "
                "%{customdata[1]:.1f} (%{customdata[2]:.1f} to %{customdata[3]:.1f})"
                "<extra></extra>",
                error_x={"array": right, "arrayminus": left, **whisker},
                error_y={"array": high, "arrayminus": low, **whisker},
                marker={"size": 9}, cliponaxis=False, meta={"part": "accent"},
            )
        ],
        height=420,
        xaxis={"title": {"text": plain(f"rating in the {called}")}, "zeroline": False},
        yaxis={"title": {"text": "win rate (%)"}, "zeroline": False},
    )  # fmt: skip


def _with_room(
    x: Sequence[float], y: Sequence[float], labels: Sequence[str]
) -> tuple[list[str], list[str]]:
    """The labels that cover neither a point nor a label before them, the others empty; and where
    each stands: above its point, to the inner side of it at the edges."""
    places = list(zip(_pixels(x, _SCATTER[0]), _pixels(y, _SCATTER[1]), strict=True))
    taken = [(across, up, _POINT, _POINT) for across, up in places]
    kept, sides = [], []
    for (across, up), label in zip(places, labels, strict=True):
        half = _CHAR * len(label) / 2
        inward = (across - half < -_EDGE) - (across + half > _SCATTER[0] + _EDGE)
        sides.append(f"top {('center', 'right', 'left')[inward]}")
        box = (across + inward * half, up + _LINE, 2 * half, _LINE)
        free = all(
            abs(box[0] - other[0]) >= (box[2] + other[2]) / 2
            or abs(box[1] - other[1]) >= (box[3] + other[3]) / 2
            for other in taken
        )
        if free:
            taken.append(box)
        kept.append(label if free else "")
    return kept, sides


def _pixels(values: Sequence[float], size: float) -> list[float]:
    low = min(values, default=0.0)
    span = max(values, default=0.0) - low
    return [size * (value - low) / span if span else size / 2 for value in values]


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
