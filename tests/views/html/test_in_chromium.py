"""The page and the browser of judgments as a reader meets them: from disk, without a network."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.views.html.browser import write_browser
from benchbuilder.views.html.page import write_report
from benchbuilder.views.html.report import Report
from tests.views.html.conftest import Open, complaints, requests
from tests.views.html.games import NASTY_MODEL, games, make_report

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 30
DRAWN = """
const canvases = [...document.querySelectorAll(".canvas")];
return canvases.length > 0 && canvases.every((canvas) => canvas.querySelector(".main-svg"));
"""


@pytest.fixture(scope="module")
def page(made: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(made, tmp_path_factory.mktemp("page") / "report.html")[0]


@pytest.fixture(scope="module")
def reading_room(played: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    tables = (played["judgments"], played["answers"], played["questions"])
    return write_browser(*tables, folder, name="made-up games")


def wait_for(driver: Any, script: str) -> Any:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        found = driver.execute_script(script)
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"never true: {script}\n{complaints(driver)}")


def texts(driver: Any, selector: str) -> list[str]:
    found: list[str] = driver.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)", selector
    )
    return found


def first(driver: Any, selector: str) -> Any:
    return driver.find_element("css selector", selector)


def luminance(driver: Any) -> float:
    colour = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    red, green, blue = (int(part) for part in colour[4:-1].split(",")[:3])
    return (red + green + blue) / (3 * 255)


def is_unharmed(driver: Any) -> bool:
    return bool(driver.execute_script("return window.broken === undefined"))


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_draws_without_a_complaint_or_a_request(
    chromium: Open, page: Path, dark: bool
) -> None:
    driver = chromium(page, dark=dark)
    wait_for(driver, DRAWN)
    assert complaints(driver) == []
    assert requests(driver) == {page.as_uri()}
    assert is_unharmed(driver)
    assert (luminance(driver) < 0.3) is dark
    assert len(texts(driver, ".leaderboard tbody tr")) == 6
    assert NASTY_MODEL in texts(driver, ".leaderboard .model")
    assert any("<b>bold</b>" in text for text in texts(driver, ".canvas .ytick text"))


def test_rows_sort_by_keyboard_and_filter(chromium: Open, page: Path) -> None:
    driver = chromium(page)
    button = next(b for b in driver.find_elements("css selector", ".sort") if b.text == "win rate")
    assert first(driver, ".leaderboard [aria-sort=descending]").text == "win rate"
    for key, order in (("\n", "ascending"), (" ", "descending")):
        button.send_keys(key)
        rates = [float(text.rstrip("%")) for text in texts(driver, ".leaderboard td.rate")]
        assert rates == sorted(rates, reverse=order == "descending")
        assert first(driver, f".leaderboard [aria-sort={order}]").text == "win rate"
    first(driver, ".filter").send_keys("model-0")
    shown = driver.execute_script(
        "return [...document.querySelectorAll('.leaderboard tbody tr')].filter((r) => !r.hidden)"
        ".map((r) => r.dataset.model)"
    )
    assert sorted(shown) == ["model-01", "model-02", "model-03", "model-04"]
    assert "4 of 6 models" in first(driver, ".said").text


def test_style_topic_and_judge_change_the_numbers_and_back(chromium: Open, page: Path) -> None:
    driver = chromium(page)
    cells = ".leaderboard td.rate"
    before = texts(driver, cells)
    first(driver, ".style-switch").click()
    styled = texts(driver, cells)
    assert styled != before
    assert first(driver, "td.shift").is_displayed()
    for dimension in ("topic", "judge"):
        option = first(driver, f"select[data-dimension={dimension}] option:nth-child(2)")
        option.click()
        assert texts(driver, cells) not in (before, styled)
        assert f"On the {dimension}" in first(driver, ".said").text
        rates = [float(text.rstrip("%")) for text in texts(driver, cells)]
        assert rates == sorted(rates, reverse=True), "sorted by what is shown now"
        assert not first(driver, ".style-switch").is_selected()
        assert not first(driver, "td.shift").is_displayed()
    first(driver, "select[data-dimension=judge] option:nth-child(1)").click()
    assert texts(driver, cells) == before


def test_a_table_comes_as_csv(chromium: Open, page: Path) -> None:
    driver = chromium(page)
    table = (page.parent / "report-leaderboard.csv").read_text().splitlines()
    csv = driver.execute_script("return csvOf('leaderboard')").splitlines()
    assert csv[0] == table[0].replace('"', "")
    assert len(csv) == len(table)
    quoted = '"' + NASTY_MODEL + '"' if "," in NASTY_MODEL else NASTY_MODEL
    assert any(line.startswith(quoted) for line in csv)
    href = driver.execute_script(
        "const a = document.querySelector('a.csv'); "
        "a.addEventListener('click', (e) => e.preventDefault()); a.click(); return a.href"
    )
    assert href.startswith("blob:")


def test_a_phone_is_wide_enough(chromium: Open, page: Path) -> None:
    driver = chromium(page, width=360, height=740)
    wait_for(driver, DRAWN)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= 360
    assert complaints(driver) == []


def test_paper_is_light_and_has_every_table(chromium: Open, page: Path) -> None:
    driver = chromium(page, dark=True)
    wait_for(driver, DRAWN)
    ink = "return getComputedStyle(document.querySelector('.canvas .ytick text')).fill"
    on_screen = driver.execute_script(ink)
    driver.execute_script("dispatchEvent(new Event('beforeprint'))")
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert driver.execute_script(ink) == "rgb(0, 0, 0)" != on_screen
    assert luminance(driver) == 1
    assert not first(driver, ".controls").is_displayed()
    assert all(table.is_displayed() for table in driver.find_elements("css selector", "table"))
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "screen"})
    driver.execute_script("dispatchEvent(new Event('afterprint'))")
    assert driver.execute_script("return document.querySelectorAll('details[open]').length") == 0


def test_the_focus_is_seen_and_follows_the_reading_order(chromium: Open, page: Path) -> None:
    driver = chromium(page)
    driver.execute_cdp_cmd("Page.bringToFront", {})
    body = first(driver, "body")
    seen = []
    for _ in range(14):
        active = driver.switch_to.active_element
        (body if active is None else active).send_keys("\t")
        seen.append(
            driver.execute_script(
                "const e = document.activeElement; const s = getComputedStyle(e);"
                "return [e.tagName, e.getBoundingClientRect().top + scrollY, s.outlineStyle]"
            )
        )
    assert seen[0][0] == "A", "the skip link comes first"
    assert all(outline != "none" for tag, _, outline in seen if tag in ("A", "BUTTON"))
    places = [top for _, top, _ in seen[1:]]
    assert all(later >= earlier - 40 for earlier, later in itertools.pairwise(places))


def test_a_hundred_models_on_a_thousand_questions(chromium: Open, tmp_path: Path) -> None:
    report = make_report(games(100, 1000, topics=80, nulls=0.01), style=("length",), rounds=50)
    page = write_report(report, tmp_path / "large.html")[0]
    assert page.stat().st_size < 10_000_000
    driver = chromium(page)
    paint = wait_for(
        driver,
        "return performance.getEntriesByName('first-contentful-paint').map((p) => p.startTime)[0]",
    )
    assert paint < 5000, "milliseconds; 230 on two idle cores, and this is no benchmark"
    wait_for(driver, DRAWN)
    assert len(driver.find_elements("css selector", "#board-0-pairs *")) < 3000
    assert complaints(driver) == []


def test_games_are_read_side_by_side(chromium: Open, reading_room: Path) -> None:
    driver = chromium(reading_room)
    wait_for(driver, "return document.querySelectorAll('.answer').length === 2")
    assert complaints(driver) == []
    assert is_unharmed(driver)
    loaded = {Path(address).name for address in requests(driver)}
    assert loaded == {"index.html", "index.js", "0000.js"}
    for selector, by in (
        (".question", "a question"),
        (".answer", "an answer"),
        (".game", "a judge"),
    ):
        assert f'<script>window.broken = "by {by}"</script>' in texts(driver, selector)[0]
    assert driver.find_elements("css selector", "#reading img") == []
    assert len(texts(driver, ".game")) == 2


def test_filters_of_the_reading_room(chromium: Open, reading_room: Path) -> None:
    driver = chromium(reading_room)
    wait_for(driver, "return document.querySelectorAll('.answer').length === 2")

    def count() -> int:
        return int(first(driver, "#count").text.split()[0])

    assert count() == 5 * 30 * 2
    first(driver, "#flips").click()
    flips = count()
    assert 0 < flips < 300
    assert all("flipped" in text for text in texts(driver, ".row"))
    first(driver, "#model option:nth-child(2)").click()
    one_model = count()
    assert one_model < flips
    first(driver, "#games option[value='']").click()
    first(driver, "#verdict option[value='-1']").click()
    assert 0 < count() < 60
    assert "no verdict" in first(driver, "#reading").text
    first(driver, "button[type=reset]").click()
    wait_for(driver, "return document.getElementById('count').textContent.startsWith('300 of')")


def test_the_list_is_walked_by_keyboard_and_holds_few_rows(
    chromium: Open, reading_room: Path
) -> None:
    driver = chromium(reading_room)
    wait_for(driver, "return document.querySelectorAll('.answer').length === 2")
    first(driver, "#list").send_keys("\ue015")  # arrow down
    wait_for(driver, "return document.querySelector('.row.chosen').id === 'row-1'")
    wait_for(
        driver, "return document.querySelector('#reading .meta').textContent.includes('judge-2')"
    )
    first(driver, "#list").send_keys("\ue010")  # end
    wait_for(driver, "return document.querySelector('.row.chosen').id === 'row-299'")
    assert len(texts(driver, ".row")) < 40
    assert "record=299" in driver.current_url
