"""``release export``: what goes out in another tool's form comes back the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchbuilder.resources import demo_path
from tests.cli.commands import run

DEMO = demo_path()


def board(folder: Path) -> list[dict[str, Any]]:
    rows = json.loads(run("report", folder, "--json").stdout)["leaderboard"]
    return [{k: row[k] for k in ("model", "win_rate", "lower", "upper", "prompts")} for row in rows]


@pytest.mark.parametrize("form", ["arena-hard", "arena-hard-v0.1"])
def test_a_run_exported_to_arena_hard_and_imported_again_has_the_same_leaderboard(
    tmp_path: Path, form: str
) -> None:
    run(
        "judge", DEMO / "answers.jsonl", "--questions", DEMO / "questions.jsonl", "--baseline",
        "demo-baseline", "--recorded", DEMO / "judgments.jsonl", "--run", tmp_path / "run",
    )  # fmt: skip
    done = run("release", "export", form, "--run", tmp_path / "run", "--out",
               tmp_path / "out", "--json")  # fmt: skip
    files = json.loads(done.stdout)["files"]
    assert files["question.jsonl"] == 60
    assert len([path for path in files if path.startswith("model_answer/")]) == 7
    assert len([path for path in files if path.startswith("model_judgment/recorded-llm/")]) == 6
    run("import", "arena-hard", tmp_path / "out", "--run", tmp_path / "again", "--baseline",
        "demo-baseline")  # fmt: skip
    assert board(tmp_path / "again") == board(tmp_path / "run")
    told = run("release", "export", form, "--run", tmp_path / "run", "--out", tmp_path / "out")
    assert "model_answer" in told.stdout


def test_a_run_without_questions_cannot_be_exported(tmp_path: Path) -> None:
    run("import", "tidy", DEMO / "judgments.jsonl", "--run", tmp_path / "run")
    done = run("release", "export", "arena-hard", "--run", tmp_path / "run", "--out",
               tmp_path / "out", code=1)  # fmt: skip
    assert "questions.parquet is not there" in done.stderr.replace("\n", " ")
