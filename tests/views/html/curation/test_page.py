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


@pytest.mark.slow
def test_the_map_tells_a_point_and_changes_its_colours(chromium: Open, page: Path) -> None:
    driver = chromium(page)
    wait_for(driver, DRAWN)
    colours = {}
    keys = 'document.getElementById("map-keys").textContent'
    said = {"topic": "One colour a topic", "score": "score ", "selected": "not selected"}
    for choice, words in said.items():
        driver.execute_script(
            """const by = document.getElementById("map-colours");
               by.value = arguments[0];
               by.dispatchEvent(new Event("change"));""",
            choice,
        )
        wait_for(driver, f"return {keys}.includes({words!r}) && {MAP}.data.length > 0")
        colours[choice] = set(
            driver.execute_script(f"return {MAP}.data.map((trace) => trace.marker.color)")
        )
    assert len(colours["selected"]) == 2
    assert len({frozenset(each) for each in colours.values()}) == 3
    at = driver.execute_script(
        f"""const map = {MAP};
        map.scrollIntoView({{block: "center", behavior: "instant"}});
        const [{{x, y}}, {{xaxis, yaxis}}, box] =
          [map.data[0], map._fullLayout, map.getBoundingClientRect()];
        return [box.left + xaxis._offset + xaxis.l2p(x[0]),
                box.top + yaxis._offset + yaxis.l2p(y[0])];"""
    )
    for x in (at[0] - 3, at[0]):
        driver.execute_cdp_cmd(
            "Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": at[1]}
        )
    told = wait_for(driver, f"return {MAP}.querySelector('.hovertext')?.textContent")
    row = next(
        row
        for row in pq.read_table(page.parent / "june-map.parquet").to_pylist()
        if plain(row["beginning"])[:30] in plain(told)
    )
    assert plain(row["topic"]) in plain(told)
    assert f"score{row['score']}" in plain(told)


MAP = 'document.querySelector("#map .canvas")'


def plain(text: str) -> str:
    """Without spaces: lines are broken anywhere."""
    return "".join(text.split())
