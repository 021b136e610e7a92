"""The page of a curation, as ``curate --html`` writes it."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.commands import LIGHT, demo_dump, run
from tests.views.html.conftest import Open, complaints, requests
from tests.views.html.outline import Outline
from tests.views.html.test_in_chromium import DRAWN, luminance, wait_for

TABLES = {
    *("annotators", "correlations", "criteria", "languages", "lengths", "map", "scores"),
    *("topics", "waterfall"),
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("curation")
    dump = demo_dump(folder, part="part_b", count=80)
    run("curate", dump, "--run", folder / "run", *LIGHT, "--html", folder / "june.html")
    return folder / "june.html"


def test_it_tells_the_curation_in_order_and_stands_alone(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    outline = Outline(text)
    assert outline.unclosed == []
    assert not any("src" in attributes for _, attributes in outline.tags)
    assert [attributes["id"] for attributes in outline.all("section")] == [
        *("waterfall", "criteria", "scores", "topics", "map", "comparison", "cost", "examples"),
        *("next", "fine-print"),
    ]
    headline = outline.texts["h1"][0]
    questions = pq.read_table(page.parent / "run" / "questions.parquet").num_rows
    assert f"80 conversations gave {questions} questions in " in " ".join(headline.split())
    assert len(text) < 10_000_000


def test_everything_plotted_lies_beside_it(page: Path) -> None:
    for ending in ("csv", "parquet"):
        names = {path.stem.removeprefix("june-") for path in page.parent.glob(f"june-*.{ending}")}
        assert names == TABLES
    steps = pq.read_table(page.parent / "june-waterfall.parquet").to_pylist()
    drops = sum(step["count"] for step in steps if step["kind"] == "drop")
    assert steps[0]["count"] - drops == steps[-1]["count"]


@pytest.mark.slow
@pytest.mark.parametrize(("dark", "width"), [(False, 1180), (True, 1180), (False, 360)])
def test_plots_take_the_width_they_have(chromium: Open, page: Path, dark: bool, width: int) -> None:
    driver = chromium(page, dark=dark, width=width)
    wait_for(driver, DRAWN)
    assert [line for line in complaints(driver) if "WebGL" not in line] == []
    assert requests(driver) == {page.as_uri()}
    assert (luminance(driver) < 0.3) is dark
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    shares = driver.execute_script(
        """return [...document.querySelectorAll(".canvas")].map(
          (canvas) => canvas._fullLayout._size.w / canvas._fullLayout.width)"""
    )
    assert shares
    assert all(share > 0.5 for share in shares), "no legend and no label takes half of it"
