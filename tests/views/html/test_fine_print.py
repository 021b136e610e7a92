from __future__ import annotations

from benchbuilder import __version__
from benchbuilder.views.html.fine_print import fine_print_context, library_versions
from benchbuilder.views.html.report import Report


def test_every_setting_is_printed_in_words(made: Report) -> None:
    found = fine_print_context(made)
    settings = dict(found["settings"])
    assert len(settings) == len(made.boards[0]["settings"])
    assert settings["rounds of the bootstrap"] == "100"
    assert settings["style control"] == "length, markdown"
    assert settings["several judges"].startswith("equal weight")


def test_versions_and_the_paper_are_named(made: Report) -> None:
    assert library_versions()["benchbuilder"] == __version__
    assert {"numpy", "scipy", "plotly"} <= set(library_versions())
    assert "2406.11939" in fine_print_context(made)["paper"]
