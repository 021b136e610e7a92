"""``sample`` from the command line: strategies, lists of a person, other benchmarks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchbuilder.resources import demo_path
from tests.cli.commands import run

LIGHT = ("--set", "embed.backend=tfidf", "--set", "embed.dimensions=16")
LOOSE = ("--set", "sample.min_score=3", "--set", "sample.max_share=1", "--set", "sample.target=8")


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sampling")
    lines = (demo_path() / "part_a.jsonl").read_text(encoding="utf-8").splitlines()[:80]
    (folder / "chats.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run("curate", folder / "chats.jsonl", "--run", folder / "run", *LIGHT, *LOOSE)
    return folder / "run"


@pytest.fixture
def folder(curated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(curated, tmp_path / "run"))


def selection(folder: Path) -> dict[str, dict[str, Any]]:
    rows = pq.read_table(folder / "selection.parquet").to_pylist()
    return {row["prompt_id"]: row for row in rows}


def chosen(folder: Path) -> list[str]:
    return [name for name, row in selection(folder).items() if row["selected"]]


def sample(folder: Path, *settings: str, code: int = 0) -> dict[str, Any]:
    options = [part for setting in settings for part in ("--set", setting)]
    done = run("sample", "--run", folder, *options, "--json", code=code)
    stage: dict[str, Any] = json.loads(done.stdout)["stages"][0]
    return stage


@pytest.mark.parametrize("strategy", ["proportional", "score-weighted", "diverse"])
def test_every_strategy_runs_by_name(folder: Path, strategy: str) -> None:
    stage = sample(folder, f"sample.strategy={strategy}")
    assert (stage["state"], len(chosen(folder))) == ("complete", 8)
    assert sum(stage["figures"]["reasons"].values()) == len(selection(folder))


def test_a_benchmark_file_keeps_its_questions_out(folder: Path, tmp_path: Path) -> None:
    questions = pq.read_table(folder / "questions.parquet").to_pylist()
    old = tmp_path / "old.jsonl"
    texts = [f"Hello! {question['text'].upper()}" for question in questions[:3]]
    rows = [{"question_id": f"old-{n}", "text": text} for n, text in enumerate(texts)]
    old.write_text("".join(json.dumps(row) + "\n" for row in rows))
    run("sample", "--run", folder, "--exclude", old)
    found = selection(folder)
    for place, question in enumerate(questions[:3]):
        row = found[question["question_id"]]
        assert row["reason"] == "contaminated"
        assert row["detail"].startswith(f"old.jsonl: old-{place} (")
    assert len(chosen(folder)) == 8
    assert sample(folder)["state"] == "current"  # the run remembers what it was given
    old.write_text(json.dumps({"question_id": "x", "text": "another question"}) + "\n")
    assert sample(folder)["state"] == "complete"  # the file has changed
    assert {row["reason"] for row in selection(folder).values()} & {"contaminated"} == set()


def test_a_person_may_insist_and_refuse(folder: Path, tmp_path: Path) -> None:
    before = chosen(folder)
    left_out = next(name for name, row in selection(folder).items() if not row["selected"])
    (tmp_path / "keep.txt").write_text(f"{left_out}\n")
    (tmp_path / "veto.jsonl").write_text(
        json.dumps({"prompt_id": before[0], "reason": "names a person"}) + "\n"
    )
    sample(
        folder,
        f"sample.must_include=[{tmp_path / 'keep.txt'}]",
        f"sample.must_exclude=[{tmp_path / 'veto.jsonl'}]",
    )
    rows = selection(folder)
    assert rows[left_out]["reason"] == "must_include"
    assert rows[before[0]]["reason"] == "veto"
    assert rows[before[0]]["detail"] == "veto.jsonl: names a person"
    assert len(chosen(folder)) == 8


def test_a_missing_file_is_named(folder: Path) -> None:
    done = run("sample", "--run", folder, "--exclude", folder / "gone.jsonl", code=1)
    assert "gone.jsonl: no such file" in done.stderr.replace("\n", "")
