"""``curate --since``: a release, a newer dump, the next release; without torch and without keys."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchbuilder.resources import demo_path
from tests.cli.commands import run

LIGHT = ("--set", "embed.backend=tfidf", "--set", "embed.dimensions=16", "--set",
         "sample.min_score=3", "--set", "sample.max_share=0.2")  # fmt: skip


def test_the_next_version_has_new_questions_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (demo_path() / "part_a.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "june.jsonl").write_text("".join(lines[:80]), encoding="utf-8")
    (tmp_path / "july.jsonl").write_text("".join(lines[:160]), encoding="utf-8")
    run("curate", tmp_path / "june.jsonl", "--run", tmp_path / "june", *LIGHT)
    run("release", "build", "--run", tmp_path / "june", "--name", "demo", "--version", "1.0",
        "--out", tmp_path)  # fmt: skip
    done = run("curate", tmp_path / "july.jsonl", "--run", tmp_path / "july", "--since",
               tmp_path / "demo-1.0", "--freshness", tmp_path / "fresh.md", "--json",
               *LIGHT)  # fmt: skip

    found = json.loads(done.stdout)["freshness"]
    before, after = (questions(tmp_path / name) for name in ("june", "july"))
    assert before
    assert after
    assert not before & after
    assert found["questions"]["proposed"] == len(after)
    assert found["questions"]["earlier_or_near"] >= len(before)
    assert found["prompts"]["known"] + found["prompts"]["new"] == found["prompts"]["all"]
    assert found["next"] == {"name": "demo", "version": "1.1"}
    assert "version 1.1" in (tmp_path / "fresh.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    shown = run("curate", "--run", "july", "--since", "demo-1.0").stdout
    monkeypatch.chdir(tmp_path.parent)  # the release is found from any folder
    assert "current" in run("status", tmp_path / "july").stdout
    run("cluster", "--run", tmp_path / "july", "--set", "cluster.keywords=5")
    assert "Since demo 1.0" in shown
    assert "--name demo --version 1.1" in shown


def test_what_comes_with_since_is_refused_without_it(tmp_path: Path) -> None:
    done = run("curate", "--run", tmp_path / "run", "--freshness", tmp_path / "f.md", code=2)
    assert "--since" in done.stderr


def test_a_release_that_was_changed_is_not_gone_on_from(tmp_path: Path) -> None:
    done = run("curate", demo_path() / "part_a.jsonl", "--run", tmp_path / "run", "--since",
               tmp_path, code=1)  # fmt: skip
    assert "no release" in done.stderr


def questions(folder: Path) -> set[str]:
    return set(pq.read_table(folder / "questions.parquet")["question_id"].to_pylist())
