"""The plots of a curation, but for the map, which the page's script draws from its table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchbuilder.schemas import CRITERIA
from benchbuilder.views.html.figures import LEGEND_ABOVE, figure, plain
from benchbuilder.views.tables import percent

Row = dict[str, Any]

BAR = 30
CRITERIA_HEIGHT = 360
CORRELATION_HEIGHT = 420
_TOTALS = {"read": "conversations", "kept": "prompts"}


def worded(name: str) -> str:
    """A name of ours as words."""
    return name.replace("_", " ")


def waterfall_height(steps: int) -> int:
    return 90 + BAR * steps


def waterfall_bars(steps: Sequence[Row]) -> str:
    """Totals from the left; every drop hangs where the one before it ended."""
    import plotly.graph_objects as go

    names = [
        _TOTALS.get(row["step"]) or plain(("− " * (row["kind"] == "drop")) + worded(row["step"]))
        for row in steps
    ]
    traces = []
    for kind, part in (("total", "accent"), ("drop", "quiet")):
        own = [(name, row) for name, row in zip(names, steps, strict=True) if row["kind"] == kind]
        traces.append(
            go.Bar(
                y=[name for name, _ in own],
                x=[row["count"] for _, row in own],
                base=[row["left"] if kind == "drop" else 0 for _, row in own],
                text=[f"{row['count']:,} ({percent(row['share'])})" for _, row in own],
                orientation="h", textposition="outside", cliponaxis=False, hoverinfo="skip",
                meta={"part": part},
            )
        )  # fmt: skip
    most = max((row["left"] for row in steps), default=1)
    return figure(
        traces,
        height=waterfall_height(len(steps)),
        barmode="overlay",
        yaxis={"categoryorder": "array", "categoryarray": names[::-1], "showgrid": False},
        xaxis={"range": [0, 1.3 * most], "showticklabels": False, "showgrid": False},
        meta={"narrow_range": [0, 2.2 * most]},  # room for the numbers beside the bars
    )


def criteria_bars(rates: Sequence[Row]) -> str:
    """The share of prompts that meet each criterion: all, and the selected ones."""
    import plotly.graph_objects as go

    names = [worded(row["criterion"]) for row in rates]
    traces = []
    for which, part, label in (("prompts", "quiet", "all"), ("selected", "accent", "selected")):
        known = max((row[f"{which}_labelled"] for row in rates), default=0)
        traces.append(
            go.Bar(
                y=names,
                x=[_points(row[f"{which}_share"]) for row in rates],
                customdata=[[row[f"{which}_met"], row[f"{which}_labelled"]] for row in rates],
                hovertemplate=f"%{{y}}: %{{x:.1f}} % of {label} prompts "
                "(%{customdata[0]} of %{customdata[1]})<extra></extra>",
                orientation="h",
                name=f"{label} (n = {known:,})",
                meta={"part": part},
            )
        )
    return figure(
        traces,
        height=CRITERIA_HEIGHT,
        showlegend=True,
        legend=LEGEND_ABOVE,
        margin={"l": 8, "r": 24, "t": 8, "b": 8},
        yaxis={"autorange": "reversed", "showgrid": False},
        xaxis={"title": {"text": "share of prompts (%)"}, "range": [0, 100]},
    )


def _points(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 3)


def correlation_matrix(rows: Sequence[Row]) -> str:
    """Criterion × criterion, the lower triangle; a cell without a number never changes."""
    import plotly.graph_objects as go

    found = {(row["other"], row["criterion"]): row for row in rows}
    names = [worded(name) for name in CRITERIA]
    across, down = CRITERIA[:-1], CRITERIA[1:]
    cells = [[found.get((low, left)) for left in across] for low in down]
    values = [[cell["phi"] if cell else None for cell in line] for line in cells]
    told = [
        [f"{worded(c['criterion'])}, {worded(c['other'])}: φ = {_phi(c['phi'])}, "
         f"n = {c['prompts']:,}" if c else "" for c in line]
        for line in cells
    ]  # fmt: skip
    return figure(
        [
            go.Heatmap(
                x=names[:-1], y=names[1:], z=values, customdata=told,
                text=[["" if v is None else _phi(v) for v in line] for line in values],
                texttemplate="%{text}", hovertemplate="%{customdata}<extra></extra>",
                hoverongaps=False, zmin=-1, zmax=1, showscale=False, xgap=2, ygap=2,
                meta={"part": "diverging"},
            )
        ],
        height=CORRELATION_HEIGHT,
        xaxis={"side": "bottom", "tickangle": -40, "showgrid": False, "zeroline": False},
        yaxis={"autorange": "reversed", "showgrid": False, "zeroline": False},
    )  # fmt: skip


def _phi(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def map_canvas(height: int) -> str:
    """The empty plane of the map; the script fills it."""
    bare = {"visible": False, "showgrid": False, "zeroline": False}
    return figure(
        [], height=height, meta={"points": "map"}, margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={**bare, "range": [-1.06, 1.06]}, yaxis={**bare, "range": [-1.06, 1.06]},
    )  # fmt: skip
