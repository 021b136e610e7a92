from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchbuilder.views.html.page import page_path, render_page, script_json, write_report
from benchbuilder.views.html.report import Report
from tests.views.html.games import NASTY_MODEL, games, make_report
from tests.views.html.outline import Outline


@pytest.fixture(scope="module")
def page(made: Report) -> str:
    return render_page(made)


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    return Outline(page)


def test_the_page_is_well_formed_and_stands_alone(page: str, outline: Outline) -> None:
    assert outline.unclosed == []
    for _, attributes in outline.tags:
        assert "src" not in attributes
        assert not (attributes.get("href") or "").startswith(("http", "//"))
        assert not any(name.startswith("on") for name in attributes), "no inline handlers"
    policy = next(a for a in outline.all("meta") if a.get("http-equiv"))["content"]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "connect-src" not in policy
    assert len(page) < 10_000_000


def test_markup_in_names_and_texts_stays_text(page: str, outline: Outline) -> None:
    assert NASTY_MODEL not in page
    assert outline.all("b") == [{}] * len(outline.all("b")), "only the dots of the plot"
    assert len(outline.all("b")) == len(outline.all("i")) == 6
    assert outline.all("img") == []
    assert all("window.broken" not in text for a, text in outline.scripts if not a.get("type"))
    assert NASTY_MODEL in "".join(outline.texts["th"])
    for figure in outline.json_of(class_="figure"):
        assert "<b>" not in json.dumps(figure), "plotly would read it as markup"


def test_sections_have_sentences_for_titles_and_ids_are_unique(outline: Outline) -> None:
    titles = outline.texts["h2"]
    assert len(titles) == 8
    assert all(len(title.split()) >= 5 for title in titles), titles
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {a["href"] for a in outline.all("a") if (a["href"] or "").startswith("#")} - {"#"}
    assert {str(target)[1:] for target in targets} <= set(ids), "every link leads somewhere"
    labels = {a["aria-labelledby"] for a in outline.all("section")}
    assert labels <= set(ids)


def test_answers_that_speak_to_the_judge_are_listed(outline: Outline) -> None:
    assert any("1 answer speaks to the judge" in text for text in outline.texts["summary"])


def test_headers_are_buttons_and_every_table_can_be_had(outline: Outline) -> None:
    buttons = [a for a in outline.all("button") if a.get("class") == "sort"]
    assert len(buttons) >= 8
    (tables,) = outline.json_of(id="tables")
    linked = {a["data-table"] for a in outline.all("a") if a.get("class") == "csv needs-script"}
    assert set(tables) == linked, "each table has a link, and no link is dead"
    assert len(outline.json_of(class_="figure")) == 3


def test_numbers_have_fixed_decimals(outline: Outline) -> None:
    rates = [text for text in outline.texts["td"] if re.fullmatch(r"[\d.%/ ]+%", text)]
    assert len(rates) > 20
    assert all(re.fullmatch(r"(\d+\.\d%( / )?)+", text) for text in rates), rates


def test_plotly_is_there_once(page: str) -> None:
    assert page.count("plotly.js v") == 1


def test_the_same_report_is_the_same_bytes(made: Report, page: str, tmp_path: Path) -> None:
    assert render_page(made) == page
    first, second = (write_report(made, tmp_path / name) for name in ("a.html", "b.html"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_what_lies_beside_the_page(made: Report, tmp_path: Path) -> None:
    written = write_report(made, tmp_path / "out" / "june.html")
    names = {path.name for path in written}
    assert written[0].name == "june.html"
    assert {
        "june.md",
        "june-leaderboard.csv",
        "june-leaderboard.parquet",
        "june-pairs.csv",
    } <= names
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    markdown = (tmp_path / "out" / "june.md").read_text()
    assert markdown.startswith("# ")
    assert "| rank | model | win rate |" in markdown
    assert "<script" not in markdown
    assert "&lt;script>" in markdown


def test_a_path_without_html_is_a_folder() -> None:
    assert page_path(Path("out/june.html")) == Path("out/june.html")
    assert page_path(Path("out")) == Path("out/report.html")


def test_several_leaderboards_share_a_page() -> None:
    report = make_report(games(models=3, questions=24, categories=2))
    outline = Outline(render_page(report))
    assert len(report.boards) == 3
    assert len(outline.all("article")) == 3
    assert outline.texts["option"][:3] == [
        "all questions", "category category 0", "category category 1"
    ]  # fmt: skip


def test_json_cannot_end_a_script() -> None:
    text = script_json({"a": "</script><!--\u2028"})
    assert "<" not in text
    assert json.loads(text) == {"a": "</script><!--\u2028"}


def test_one_model_one_question_is_still_a_page() -> None:
    report = make_report(games(models=1, questions=1, nulls=0.0))
    outline = Outline(render_page(report))
    assert "There is no pair of models to tell apart" in outline.texts["h2"]
    assert outline.json_of(class_="figure") == []
