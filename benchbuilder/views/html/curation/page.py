"""The page of a curation, rendered from the templates of the report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchbuilder import __version__
from benchbuilder.config import Config, dump_config
from benchbuilder.views.html.benchmark import score_histogram, topic_scatter
from benchbuilder.views.html.curation import sections
from benchbuilder.views.html.curation.document import CurationReport
from benchbuilder.views.html.curation.figures import (
    CORRELATION_HEIGHT,
    CRITERIA_HEIGHT,
    correlation_matrix,
    criteria_bars,
    map_canvas,
    waterfall_bars,
    waterfall_height,
)
from benchbuilder.views.html.curation.points import topics_on_map
from benchbuilder.views.html.curation.tables import LANGUAGES_SHOWN, curation_tables
from benchbuilder.views.html.figures import selected_against_all
from benchbuilder.views.html.fine_print import PAPER
from benchbuilder.views.html.page import page_path, render_template
from benchbuilder.views.html.tables import columnar, write_tables

Context = dict[str, Any]

#: The page of a folder that is given without a file name.
PAGE_NAME = "curation.html"
MAP_HEIGHT = 620
#: Rows of the table of topics; the files beside the page have all of them.
TOPICS_LISTED = 1000
SECTIONS = ("seed", "ingest", "embed", "cluster", "annotate", "sample", "map")


def write_curation(report: CurationReport, page: Path) -> list[Path]:
    """The page, and beside it ``STEM-TABLE.csv`` and ``.parquet`` for each table.

    A path that does not end in ``.html`` is a folder; the page is its ``curation.html``. Returns
    the files that were written, the page first.
    """
    path = page_path(page, PAGE_NAME)
    path.parent.mkdir(parents=True, exist_ok=True)
    tables = curation_tables(report)
    text = render_template("curation.html.j2", _context(report, tables))
    path.write_text(text, encoding="utf-8")
    return [path, *write_tables(tables, path.with_suffix(""))]


def render_curation(report: CurationReport) -> str:
    """The page as one string."""
    return render_template("curation.html.j2", _context(report, curation_tables(report)))


def _context(report: CurationReport, tables: Mapping[str, pa.Table]) -> Context:
    headline = sections.headline(report, tables)
    return {
        "title": headline[0],
        "headline": headline,
        "notes": [(name, note) for name, notes in report.notes.items() for note in notes],
        "waterfall": _waterfall(tables),
        "criteria": _criteria(tables),
        "scores": _scores(report, tables),
        "topics": _topics(report, tables),
        "map": _map(report, tables),
        "comparison": _comparison(report, tables),
        "cost": _cost(report, tables),
        "examples": sections.examples_by_score(report),
        "next_steps": report.next_steps,
        "tables": {name: columnar(table) for name, table in tables.items()},
        "fine_print": _fine_print(report),
    }


def _waterfall(tables: Mapping[str, pa.Table]) -> Context:
    steps = tables["waterfall"].to_pylist()
    return {
        "title": sections.waterfall_title(steps),
        "figure": waterfall_bars(steps),
        "height": waterfall_height(len(steps)),
    }


def _criteria(tables: Mapping[str, pa.Table]) -> Context:
    rates, pairs = tables["criteria"].to_pylist(), tables["correlations"].to_pylist()
    return {
        "title": sections.criteria_title(rates),
        "rates": criteria_bars(rates),
        "rates_height": CRITERIA_HEIGHT,
        "correlations": correlation_matrix(pairs),
        "correlations_height": CORRELATION_HEIGHT,
        "correlation_sentence": sections.correlation_sentence(pairs),
    }


def _scores(report: CurationReport, tables: Mapping[str, pa.Table]) -> Context:
    scores = tables["scores"].to_pylist()
    return {
        "title": sections.scores_title(scores, report.figures["sample"]["threshold"]),
        "figure": score_histogram(scores),
        "without": sum(row["prompts"] for row in scores if row["score"] is None),
    }


def _topics(report: CurationReport, tables: Mapping[str, pa.Table]) -> Context | None:
    if "topics" not in tables:
        return None
    topics = tables["topics"].to_pylist()
    return {
        "title": sections.topics_title(topics, report.artifacts["prompts"].num_rows),
        "figure": topic_scatter(topics),
        "rows": topics[:TOPICS_LISTED],
        "count": len(topics),
    }


def _map(report: CurationReport, tables: Mapping[str, pa.Table]) -> Context | None:
    if "map" not in tables:
        return None
    topics = topics_on_map(tables["map"])
    return {
        "figure": map_canvas(MAP_HEIGHT),
        "height": MAP_HEIGHT,
        "topics": topics,
        "shown": tables["map"].num_rows,
        "prompts": report.artifacts["prompts"].num_rows,
    }


def _comparison(report: CurationReport, tables: Mapping[str, pa.Table]) -> Context | None:
    if "languages" not in tables:
        return None
    languages = tables["languages"].to_pylist()
    shown, rest = languages[:LANGUAGES_SHOWN], languages[LANGUAGES_SHOWN:]
    if rest:
        sums = {name: sum(row[name] for row in rest) for name in ("prompts", "selected")}
        shown = [*shown, {"language": "others", **sums}]
    lengths = tables["lengths"].to_pylist()
    return {
        "title": sections.comparison_title(report),
        "languages": selected_against_all(shown, "language", "language", step=None),
        "language_count": len(languages),
        "lengths": selected_against_all(lengths, "tokens", "length in tokens", step=None),
    }


def _cost(report: CurationReport, tables: Mapping[str, pa.Table]) -> Context | None:
    if "annotators" not in tables:
        return None
    rows = tables["annotators"].to_pylist()
    return {
        "title": sections.cost_title(rows),
        "rows": rows,
        "cascade": sections.cascade_sentence(report.figures.get("annotate", {})),
    }


def _fine_print(report: CurationReport) -> Context:
    mine, default = _flat(report.settings), _flat(dump_config(Config()))
    changed = {key: value for key, value in mine.items() if value != default.get(key)}
    return {
        "settings": [("seed", report.settings["seed"]), *changed.items()],
        "settings_caption": "The seed, and settings that differ from the default",
        "all_settings": list(mine.items()),
        "notes": [],
        "provenance": report.provenance,
        "paper": PAPER,
        "software": f"BenchBuilder {__version__}",
        "cite": "the annotators, the threshold and the number of questions",
    }


def _flat(settings: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Settings of the curation as ``section.key``, in words."""
    found: dict[str, str] = {}
    for name, value in settings.items():
        if not before and name not in SECTIONS:
            continue
        key = f"{before}{name}"
        if isinstance(value, Mapping) and value:
            found |= _flat(value, f"{key}.")
        elif key != "seed":
            found[key] = _shown(value)
    return found


def _shown(value: Any) -> str:
    if value in (None, [], {}):
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
