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


def judged(folder: Path, answers: Path, *more: object, code: int = 0) -> Path:
    run(
        "judge", answers, "--questions", DEMO / "questions.jsonl", "--baseline", "demo-baseline",
        "--recorded", DEMO / "judgments.jsonl", "--run", folder, *more, code=code,
    )  # fmt: skip
    return folder


def fewer(path: Path, gone: dict[str, int]) -> Path:
    """The demo's answers less the first ones of some models."""
    kept = []
    for line in (DEMO / "answers.jsonl").read_text().splitlines():
        model = json.loads(line)["model"]
        if gone.get(model, 0):
            gone[model] -= 1
        else:
            kept.append(line)
    path.write_text("\n".join(kept) + "\n")
    return path


def test_low_coverage_stands_in_the_headline_and_in_the_exit_code(tmp_path: Path) -> None:
    answers = fewer(tmp_path / "a.jsonl", {"demo-solid": 9, "demo-terse": 4})
    folder = judged(tmp_path / "run", answers, code=3)
    done = run("report", folder, "--html", tmp_path / "r.html", code=3)
    said = "coverage is below 95% for demo-solid and demo-terse (demo-solid: 51 of 60 questions)"
    assert said in " ".join(done.stdout.split())
    assert said in (tmp_path / "r.md").read_text()
    assert said in " ".join((tmp_path / "r.html").read_text().split())
    run("report", folder, "--set", "judge.min_coverage=0.8")
    done = run("report", folder, "--set", "judge.min_coverage=0.9", code=3)
    assert "below 90% for demo-solid (51 of 60 questions)" in " ".join(done.stdout.split())


def test_the_coverage_of_the_baseline_is_measured(tmp_path: Path) -> None:
    answers = fewer(tmp_path / "a.jsonl", {"demo-baseline": 6})
    folder = judged(tmp_path / "run", answers, code=3)
    document = json.loads(run("report", folder, "--json", code=3).stdout)
    row = next(r for r in document["leaderboard"] if r["model"] == "demo-baseline")
    assert (row["prompts"], row["coverage"]) == (54, 0.9)
    assert "demo-baseline" in [r["model"] for r in document["below_coverage"]["models"]]


def test_a_run_is_reported_on_other_questions_and_answers_where_they_are_given(
    tmp_path: Path,
) -> None:
    folder = judged(tmp_path / "run", DEMO / "answers.jsonl")
    run("report", folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join((DEMO / "questions.jsonl").read_text().splitlines()[:12]) + "\n")
    document = json.loads(run("report", folder, "--questions", few, "--json").stdout)
    assert document["questions"] == 12
    assert document["notes"] == ["left out: 576 games on questions that are not in this set"]
    assert document["leaderboard"][0]["mean_tokens"] is not None, "its own answers still count"
    one = fewer(tmp_path / "a.jsonl", {"demo-strong": 60})
    document = json.loads(run("report", folder, "--answers", one, "--json").stdout)
    tokens = {row["model"]: row["mean_tokens"] for row in document["leaderboard"]}
    assert tokens["demo-strong"] is None and tokens["demo-solid"] is not None
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_folder_of_files_is_reported_on_as_files() -> None:
    names = {path.name for path in DEMO.iterdir()}
    document = json.loads(run("report", DEMO, "--json").stdout)
    assert document["questions"] == 60
    assert document["leaderboard"][0]["mean_tokens"] is not None, "the answers lie beside them"
    assert {path.name for path in DEMO.iterdir()} == names


def test_status_calls_no_report_stale_for_what_was_asked_of_it(tmp_path: Path) -> None:
    folder = judged(tmp_path / "run", DEMO / "answers.jsonl")

    def stale() -> list[str]:
        stages = json.loads(run("status", folder, "--json").stdout)["stages"]
        return [stage["stage"] for stage in stages if stage["stale"]]

    for more in (
        ("--human", DEMO / "author_rankings.tsv"),
        ("--set", "report.rounds=50"),
        ("--style", "length"),
    ):
        run("report", folder, *more)
        assert stale() == []
    again = json.loads(run("report", folder, "--json").stdout)
    assert again["settings"]["rounds"] == 1000, "what was asked once does not bind"
    judged(folder, fewer(tmp_path / "a.jsonl", {"demo-terse": 9}), code=3)
    assert stale() == ["report"]


def test_a_folder_with_newer_questions_than_judgments_is_said(tmp_path: Path) -> None:
    folder = judged(tmp_path / "run", DEMO / "answers.jsonl")
    questions = tmp_path / "q.jsonl"
    lines = (DEMO / "questions.jsonl").read_text().splitlines()
    questions.write_text("\n".join([*lines, '{"question_id": "new", "text": "Why?"}']) + "\n")
    run("answer", "--questions", questions, "--model", "openai", "--limit", "1", "--offline",
        "--run", folder, code=1)  # fmt: skip
    done = run("report", folder, "--html", tmp_path / "r.html")
    said = "the judgments are older than the questions that lie beside them"
    assert said in " ".join(done.stdout.split())
    assert said in (tmp_path / "r.md").read_text()
    assert "judgments were made from other questions" in done.stderr
    assert f"benchbuilder status {folder}" in done.stderr
    assert json.loads(run("report", folder, "--json").stdout)["outdated"] == ["questions"]
    status = run("status", folder).stdout
    assert "stale" in status


def test_the_terminal_ranks_equal_style_as_the_board_and_names_the_intervals() -> None:
    done = run("report", DEMO, "--style", "length")
    board, style = done.stdout.split("At equal style")
    names = [name for name in style.split() if name.startswith(("demo-", "smollm2"))]
    assert names == sorted(names, key=board.split("Leaderboard")[1].index)
    assert len(names) == 6
    assert "half-prompt near 0 and 1" in " ".join(style.split())


def test_several_sources_have_no_page_and_no_questions_of_one(tmp_path: Path) -> None:
    for name, value in (("--html", tmp_path / "x"), ("--questions", DEMO / "questions.jsonl")):
        done = run("report", *[DEMO / "judgments.jsonl"] * 2, name, value, code=2)
        assert "one run at a time" in " ".join(done.stderr.split())


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
