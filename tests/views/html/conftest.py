"""A report on made-up games, and a browser that reads it without a network."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.views.html.report import Report
from tests.views.html.games import BASELINE, NASTY_MODEL, games, make_report, people

Open = Callable[..., Any]


@pytest.fixture(scope="session")
def played() -> dict[str, pa.Table]:
    return games(models=5, questions=30, topics=2, judges=("judge-1", "judge-2"))


@pytest.fixture(scope="session")
def made(played: dict[str, pa.Table]) -> Report:
    """Everything a page can hold: two judges, topics, style, people, nulls, markup in names."""
    ranked = people([NASTY_MODEL, "model-01", BASELINE, "model-03"])
    return make_report(played, human=ranked, style=("length", "markdown"))


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Open]:
    """``open(page, dark=, width=)`` gives a headless Chromium that has read the page from disk."""
    binary, service = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or service is None:
        pytest.skip("needs Debian's chromium and chromium-driver")
    from selenium import webdriver

    opened: list[Any] = []

    def start(page: Path, *, dark: bool = False, width: int = 1180, height: int = 900) -> Any:
        options = webdriver.ChromeOptions()
        options.binary_location = str(binary)
        for flag in (
            "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
            "disable-background-networking", "disable-component-update", "disable-sync",
            "disable-dev-shm-usage", f"user-data-dir={tmp_path / f'profile-{len(opened)}'}",
        ):  # fmt: skip
            options.add_argument(f"--{flag}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(
            options=options, service=webdriver.ChromeService(executable_path=str(service))
        )
        opened.append(driver)
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        theme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [theme]})
        driver.get(page.as_uri())
        return driver

    yield start
    for driver in opened:
        driver.quit()


def complaints(driver: Any) -> list[str]:
    """What the console says, breaches of the content policy included."""
    return [entry["message"] for entry in driver.get_log("browser")]


def requests(driver: Any) -> set[str]:
    """Every address that was asked for; blobs and data are the page's own, and Chromium begins
    with a page of its own."""
    found = set()
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            found.add(message["params"]["request"]["url"])
    return {address for address in found if not address.startswith(("data:", "blob:", "chrome:"))}
