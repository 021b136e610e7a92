"""The benchmark itself: where its questions come from, their scores, their topics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from benchbuilder.views.html.figures import LEGEND_ABOVE, figure, plain, selected_against_all
from benchbuilder.views.html.report import Report

Context = dict[str, Any]

EXAMPLES = 3
_DECADES = {"tickvals": [n * 10**power for power in range(7) for n in (1, 2, 5)], "tickformat": ","}
EXAMPLE_CHARS = 400
TOPICS_LISTED = 15


def benchmark_context(report: Report, tables: Mapping[str, pa.Table]) -> Context | None:
    """What the template needs; None without questions."""
    if report.questions is None:
        return None
    by_topic = tables["questions"].to_pylist()
    questions = report.questions.num_rows
    topics = {row["topic"] for row in by_topic} - {None}
    waterfall = list(report.curation.waterfall) if report.curation else []
    return {
        "title": _title(questions, len(topics), waterfall),
        "topics": by_topic[:TOPICS_LISTED],
        "topic_count": len(by_topic),
        "examples": _examples(report.questions),
        "waterfall": _bars(waterfall) if waterfall else None,
        "waterfall_height": 90 + 30 * len(waterfall),
        "scores": score_histogram(tables["scores"].to_pylist()) if report.curation else None,
        "topic_scores": topic_scatter(tables["topics"].to_pylist()) if report.curation else None,
    }


def _title(questions: int, topics: int, waterfall: Sequence[Mapping[str, Any]]) -> str:
    where = f" in {topics} topics" if topics else ""
    read = next((step["count"] for step in waterfall if step["step"] == "read"), None)
    if read is None:
        return f"The benchmark has {questions:,} questions{where}"
    return f"{read:,} conversations gave {questions:,} questions{where}"


def _examples(questions: pa.Table) -> list[Context]:
    """A few questions, spread over the whole list."""
    step = max(1, questions.num_rows // EXAMPLES)
    places = list(range(0, questions.num_rows, step))[:EXAMPLES]
    return [{**row, "text": _beginning(row["text"])} for row in questions.take(places).to_pylist()]


def _beginning(text: str) -> str:
    return text if len(text) <= EXAMPLE_CHARS else text[: EXAMPLE_CHARS - 1].rstrip() + "…"


def _bars(waterfall: Sequence[Mapping[str, Any]]) -> str:
    """Where every conversation went: read, minus each reason, is what was kept."""
    import plotly.graph_objects as go

    sign = ["" if step["step"] in ("read", "kept") else "− " for step in waterfall]
    steps = [plain(str(step["step"]).replace("_", " ")) for step in waterfall]
    names = [mark + step for mark, step in zip(sign, steps, strict=True)]
    counts = [step["count"] for step in waterfall]
    return figure(
        [
            go.Bar(
                x=counts, y=names, orientation="h", text=[f"{n:,}" for n in counts],
                textposition="outside", cliponaxis=False, hoverinfo="skip",
                meta={"part": "accent"},
            )
        ],
        height=90 + 30 * len(names),
        margin={"l": 8, "r": 56, "t": 8, "b": 8},
        yaxis={"autorange": "reversed", "showgrid": False},
        xaxis={"title": {"text": "conversations"}},
    )  # fmt: skip


def score_histogram(scores: Sequence[Mapping[str, Any]]) -> str:
    """Selected prompts beside all prompts by the number of criteria that are met."""
    known = [dict(row) for row in scores if row["score"] is not None]
    return selected_against_all(known, "score", "criteria met (0 to 7)", step=1)


def topic_scatter(topics: Sequence[Mapping[str, Any]]) -> str:
    """Every topic by size and mean score; those with selected questions stand out."""
    import plotly.graph_objects as go

    scored = [row for row in topics if row["mean_score"] is not None]
    traces = []
    for picked, part in ((False, "quiet"), (True, "accent")):
        rows = [row for row in scored if bool(row["picked"]) is picked]
        traces.append(
            go.Scatter(
                x=[row["size"] for row in rows],
                y=[row["mean_score"] for row in rows],
                text=[plain(row["name"]) for row in rows],
                customdata=[row["picked"] for row in rows],
                hovertemplate="%{text}: %{x} prompts, mean score %{y:.2f}, "
                "%{customdata} selected<extra></extra>",
                mode="markers",
                name="with selected questions" if picked else "without",
                marker={"size": 9, "opacity": 0.8},
                meta={"part": part},
            )
        )
    return figure(
        traces,
        height=340,
        showlegend=True,
        legend=LEGEND_ABOVE,
        xaxis={"title": {"text": "prompts in the topic"}, "type": "log", **_DECADES},
        yaxis={"title": {"text": "mean score"}},
    )
