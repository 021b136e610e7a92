"""``report --html`` and ``--browse`` as a user runs them, on the demo's recorded judgments."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchbuilder.resources import demo_path
from tests.cli.commands import run
from tests.views.html.outline import Outline

DEMO = demo_path()
FILES = (
    DEMO / "judgments.jsonl", "--answers", DEMO / "answers.jsonl",
    "--questions", DEMO / "questions.jsonl",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def page(folder: Path) -> Outline:
    done = run(
        "report", *FILES, "--human", DEMO / "author_rankings.tsv", "--human-name",
        "answer writers' ranking", "--style", "length", "--html", folder / "june.html",
        "--browse", folder / "games",
    )  # fmt: skip
    assert "demo-strong leads" in done.stdout
    assert re.search(r"wrote .*june\.html", done.stderr)
    return Outline((folder / "june.html").read_text(encoding="utf-8"))


def test_the_page_of_the_demo(page: Outline) -> None:
    assert page.texts["h1"] == [
        "demo-strong leads with a win rate of 100.0%, separated from all others."
    ]
    assert "Every model has a verdict on all 60 questions" in page.texts["h2"]
    assert "The benchmark has 60 questions in 46 topics" in page.texts["h2"]
    assert any("answer writers' ranking" in title for title in page.texts["h2"])


def test_the_page_tells_how_to_make_it_again(page: Outline, folder: Path) -> None:
    (command,) = [text for text in page.texts["code"] if text.startswith("benchbuilder report")]
    assert "--human-name 'answer writers'\"'\"' ranking'" in command
    assert f"--html {folder / 'june.html'}" in command
    digests = [text for text in page.texts["code"] if re.fullmatch("[0-9a-f]{64}", text)]
    assert len(digests) == 4, "judgments, answers, questions, human ranking"


def test_tables_lie_beside_the_page_and_the_browser_is_linked(page: Outline, folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    assert {"june.md", "june-leaderboard.csv", "june-pairs.parquet", "june-human.csv"} <= names
    assert (folder / "games" / "index.html").is_file()
    assert "games/index.html" in [a["href"] for a in page.all("a")]


def test_scripts_get_pairs_and_parts(folder: Path) -> None:
    document = json.loads(run("report", *FILES, "--json").stdout)
    assert len(document["pairs"]) == 15
    assert sum(pair["separated_paired"] for pair in document["pairs"]) == 13
    assert document["separability"]["separated_paired"] == 13
    assert {row["dimension"] for row in document["breakdown"]} == {"topic"}
    assert document["topics"]["reason"].startswith("no topic has 10 questions")


def test_a_judged_run_has_a_page_with_its_artifacts(tmp_path: Path) -> None:
    run(
        "judge", DEMO / "answers.jsonl", "--questions", DEMO / "questions.jsonl", "--baseline",
        "demo-baseline", "--judge", "recorded", "--recorded", DEMO / "judgments.jsonl",
        "--run", tmp_path / "run",
    )  # fmt: skip
    run("report", tmp_path / "run", "--html", tmp_path / "out")
    page = Outline((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert "Artifacts of the run" in page.texts["caption"]
    again = run("report", tmp_path / "run", "--html", tmp_path / "out", "--json")
    assert json.loads(again.stdout)["leaderboard"][0]["model"] == "demo-strong"
    assert (tmp_path / "out" / "report-leaderboard.csv").is_file()
