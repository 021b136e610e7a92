"""The next step that an error names leads on: the word or the command that was missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchbuilder.resources import demo_path
from tests.cli.commands import run

DEMO = demo_path()


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hints") / "run"
    run(
        "judge", DEMO / "answers.jsonl", "--questions", DEMO / "questions.jsonl", "--baseline",
        "demo-baseline", "--recorded", DEMO / "judgments.jsonl", "--run", folder,
    )  # fmt: skip
    return folder


def hint(*words: object, code: int = 1) -> str:
    document = json.loads(run(*words, "--json", code=code).stdout)
    found: str = document["error"]["hint"]
    return found


def test_a_folder_without_judgments(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    wanted = f"benchbuilder judge ANSWERS… --questions QUESTIONS --baseline MODEL --judge NAME --run {tmp_path / 'empty'}"  # noqa: E501 - as it is printed
    assert hint("report", tmp_path / "empty") == wanted
    assert hint("validate", "judge", tmp_path / "empty") == wanted
    assert hint("judge", "--run", tmp_path / "empty", "--reparse") == wanted


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    begin = f"begin one: benchbuilder judge ANSWERS… --questions QUESTIONS --run {absent}"
    assert hint("judge", "--run", absent) == begin
    assert "answer --questions QUESTIONS --model NAME" in hint(
        "answer", "--model", "m", "--run", absent
    )


def test_the_votes_are_called_votes(judged: Path, tmp_path: Path) -> None:
    assert "--votes" in hint("validate", "judge", judged, "--votes", tmp_path / "absent.csv")
    assert "--human" in hint("report", judged, "--human", tmp_path / "absent.csv")
    names = ("--human", DEMO / "author_rankings.tsv", "--names", tmp_path / "absent.csv")
    assert "--names" in hint("report", judged, *names)


def test_holes_of_a_recorded_judge_are_not_filled_by_running_again(tmp_path: Path) -> None:
    lines = (DEMO / "judgments.jsonl").read_text().splitlines()[:600]
    (tmp_path / "few.jsonl").write_text("\n".join(lines) + "\n")
    base = ("judge", DEMO / "answers.jsonl", "--questions", DEMO / "questions.jsonl", "--baseline",
            "demo-baseline", "--run", tmp_path / "run", "--recorded")  # fmt: skip
    done = run(*base, tmp_path / "few.jsonl", code=3)
    assert "run the same command again" not in done.stderr
    assert "--recorded FILE" in done.stderr
    run("report", tmp_path / "run", "--html", tmp_path / "r.html", code=3)
    assert "The file lacks these games" in (tmp_path / "r.md").read_text()
    run(*base, DEMO / "judgments.jsonl")
    run("report", tmp_path / "run")


def test_settings_that_exclude_each_other_leave_the_run_as_it_was(judged: Path) -> None:
    before = (judged / "config.yaml").read_bytes()
    for setting, wanted in (
        ("judge.panel=[openai]", "--set judge.panel=[]"),
        ("judge.baselines={code: demo-slid}", "--baseline MODEL, one of: demo-baseline"),
        ("judge.reference=nobody", "--set judge.reference=MODEL, one of: demo-baseline"),
    ):
        assert wanted in hint("judge", "--run", judged, "--set", setting)
    template = ("--judge", "openai", "--set", "judge.template=judge-reference")
    assert hint("judge", "--run", judged, *template) == "--set judge.reference=MODEL"
    assert (judged / "config.yaml").read_bytes() == before


def test_a_style_that_does_not_exist_is_wrong_usage(judged: Path) -> None:
    done = run("report", judged, "--style", "width", code=2)
    assert "length, markdown" in done.stderr.replace("\n", " ")


def test_files_in_each_others_place(tmp_path: Path) -> None:
    assert "benchbuilder import" in hint("report", DEMO / "answers.jsonl")
    words = ("judge", DEMO / "questions.jsonl", "--baseline", "b", "--run", tmp_path / "run")
    assert "--questions" in hint(*words)
    for name in ("arena-hard", "alpaca-eval"):
        imported = ("import", name, DEMO / "judgments.jsonl", "--run", tmp_path / "imported")
        assert "benchbuilder report FILE" in hint(*imported)
