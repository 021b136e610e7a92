"""The page and its sister in Markdown, rendered from the templates beside this file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchbuilder.views.html.benchmark import benchmark_context
from benchbuilder.views.html.board import board_context
from benchbuilder.views.html.fine_print import fine_print_context
from benchbuilder.views.html.report import Report
from benchbuilder.views.html.tables import columnar, report_tables, write_tables
from benchbuilder.views.tables import percent

TEMPLATES = Path(__file__).parent / "templates"
PAGE_SUFFIX = ".html"
#: The page of a folder that is given without a file name.
PAGE_NAME = "report.html"


def write_report(report: Report, page: Path) -> list[Path]:
    """The page, and beside it ``STEM.md`` and ``STEM-TABLE.csv`` and ``.parquet`` for each table.

    A path that does not end in ``.html`` is a folder; the page is its ``report.html``. Returns the
    files that were written, the page first.
    """
    path = page_path(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    tables = report_tables(report)
    context = _context(report, tables)
    path.write_text(render_template("page.html.j2", context), encoding="utf-8")
    markdown = path.with_suffix(".md")
    markdown.write_text(render_template("report.md.j2", context), encoding="utf-8")
    return [path, markdown, *write_tables(tables, path.with_suffix(""))]


def page_path(asked: Path, name: str = PAGE_NAME) -> Path:
    """The page's file: the path itself, or the page called ``name`` in the folder that it names."""
    return asked if asked.suffix == PAGE_SUFFIX else asked / name


def render_page(report: Report) -> str:
    """The page as one string."""
    return render_template("page.html.j2", _context(report, report_tables(report)))


def script_json(value: Any) -> str:
    """JSON that may stand within a script element: no ``<`` ends it early."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return safe_in_script(text)


def safe_in_script(text: str) -> str:
    """JSON text with every ``<`` written as an escape, which JSON allows within strings only;
    outside of them it has none."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _context(report: Report, tables: dict[str, pa.Table]) -> dict[str, Any]:
    return {
        "boards": [board_context(report, tables, board) for board in report.boards],
        "tables": {name: columnar(table) for name, table in tables.items()},
        "benchmark": benchmark_context(report, tables),
        "fine_print": fine_print_context(report),
        "browser": report.browser,
    }


def render_template(template: str, context: Mapping[str, Any]) -> str:
    """A template of ours; everything that is put into HTML is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

    def source(name: str) -> Markup:
        """A style sheet or script of ours, as it is."""
        return Markup((TEMPLATES / name).read_text(encoding="utf-8"))

    environment.globals.update(source=source, plotly=lambda: Markup(get_plotlyjs()))
    environment.filters.update(
        percent=percent,
        script_json=lambda value: Markup(script_json(value)),
        figure_json=lambda text: Markup(safe_in_script(text)),
        cell=_markdown_cell,
        code=_code,
    )
    return environment.get_template(template).render(context)


def _code(text: str) -> Any:
    """A sentence of ours with `commands` in it, as HTML."""
    from markupsafe import Markup, escape

    pieces = [escape(piece) for piece in text.split("`")]
    tagged = [Markup("<code>{}</code>").format(p) if i % 2 else p for i, p in enumerate(pieces)]
    return Markup("").join(tagged)


def _markdown_cell(text: Any) -> str:
    """Text within a Markdown table: no pipe, no line end, no HTML."""
    flat = " ".join(str(text).split())
    return flat.replace("|", "\\|").replace("&", "&amp;").replace("<", "&lt;")
