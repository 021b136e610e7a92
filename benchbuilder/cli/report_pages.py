"""What ``report`` writes beside what it prints: the page with its tables, the browser of games."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchbuilder.cli.reported import Reported
    from benchbuilder.views.html.report import Provenance


def write_pages(
    made: Reported, source: Path, command: str, html: Path | None, browse: Path | None
) -> None:
    """The page and the browser, where they are asked for; says where they lie."""
    from benchbuilder.console import messages

    written = []
    if browse is not None:
        from benchbuilder.views.html.browser import write_browser

        name = source.resolve().name if source.is_dir() else source.name
        written.append(
            write_browser(made.judgments, made.answers, made.questions, browse, name=name)
        )
    if html is not None:
        from benchbuilder.views.html.page import page_path, write_report
        from benchbuilder.views.html.report import Report

        document = Report(
            boards=made.boards,
            tables=made.tables,
            notes=made.notes,
            provenance=_provenance(made, command),
            questions=made.questions,
            curation=made.curation,
            browser=_relative(browse, page_path(html)),
        )
        written += write_report(document, html)
    for path in written:
        if path.suffix in (".html", ".md"):
            messages().print(f"wrote {path}", soft_wrap=True, markup=False)
    tables = sum(path.suffix == ".parquet" for path in written)
    if tables:
        messages().print(f"and {tables} tables beside it, each as CSV and Parquet")


def _relative(browse: Path | None, page: Path) -> str | None:
    """The browser's page as a link from the report's page."""
    if browse is None:
        return None
    import os
    from urllib.parse import quote

    return quote(Path(os.path.relpath(browse / "index.html", page.parent)).as_posix())


def _provenance(made: Reported, command: str) -> Provenance:
    from benchbuilder.views.html.fine_print import library_versions
    from benchbuilder.views.html.report import Provenance

    return Provenance(command, made.inputs, library_versions(), made.stages, made.calls)
