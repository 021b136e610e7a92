"""``release build``: what is written, and when nothing is."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from benchbuilder.digests import file_digest
from benchbuilder.sources.questions import read_questions
from tests.cli.commands import run
from tests.release.made import build


def test_the_digest_is_that_of_the_canonical_questions(base: Path) -> None:
    folder = base / "june-1.0"
    manifest = json.loads((folder / "release.json").read_text())
    assert manifest["digest"] == file_digest(folder / "questions.jsonl")
    lines = (folder / "questions.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["question_id"] for row in rows] == sorted(row["question_id"] for row in rows)
    assert all(list(row) == sorted(row) and None not in row.values() for row in rows)
    assert manifest["counts"]["questions"] == len(rows) == 17


def test_checksums_are_read_by_sha256sum(base: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "-c", "CHECKSUMS"],
        cwd=base / "june-1.0",
        capture_output=True,
        text=True,
        check=True,
    )
    files = [path for path in (base / "june-1.0").rglob("*") if path.is_file()]
    assert done.stdout.count(": OK") == len(files) - 1


def test_texts_of_prompts_that_are_no_questions_stay_home(base: Path) -> None:
    folder = base / "june-1.0"
    asked = set(read_questions(folder)["text"].to_pylist())
    others = set(pq.read_table(base / "run/prompts.parquet")["text"].to_pylist()) - asked
    assert others
    tables = [pq.read_table(path).to_pylist() for path in folder.rglob("*.parquet")]
    held = json.dumps(tables, default=str)
    assert not any(json.dumps(text)[1:-1] in held for text in others)


def test_the_card_has_a_header_that_the_hub_reads(base: Path, tmp_path: Path) -> None:
    folder = build(base / "run", tmp_path, "--license", "cc-by-4.0", "--origin", "our own chats")
    _, head, text = (folder / "README.md").read_text().split("---\n", 2)
    header = yaml.safe_load(head)
    assert header["license"] == "cc-by-4.0"
    assert header["language"] == ["en"]
    assert header["configs"][0]["data_files"][0]["path"] == "questions.parquet"
    for part in ("our own chats", "## Privacy", "## Known limits", "2406.11939", "## Cost"):
        assert part in text


def test_a_release_is_never_written_over(base: Path) -> None:
    done = run("release", "build", "--run", base / "run", "--name", "june", "--version", "1.0",
               "--out", base, code=1)  # fmt: skip
    assert "never written over" in done.stderr


@pytest.mark.parametrize("name", ["../up", "a b", ".hidden", ""])
def test_names_are_plain(base: Path, tmp_path: Path, name: str) -> None:
    run("release", "build", "--run", base / "run", "--name", name, "--version", "1", "--out",
        tmp_path, code=2)  # fmt: skip


def test_a_run_that_is_not_finished_is_refused(base: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(base / "run", tmp_path / "run")

    def refused() -> str:
        done = run("release", "build", "--run", folder, "--name", "june", "--version", "1",
                   "--out", tmp_path, code=1)  # fmt: skip
        assert "benchbuilder curate --run" in done.stderr
        return done.stderr

    config = (folder / "config.yaml").read_text()
    (folder / "config.yaml").write_text(config.replace("target: 500", "target: 3"))
    assert "other settings than config.yaml" in refused()
    (folder / "config.yaml").write_text(config)
    table = pq.read_table(folder / "annotations.parquet")
    pq.write_table(table.slice(1), folder / "annotations.parquet")
    assert "annotations is gone or was changed by hand" in refused()
    (folder / "clusters.parquet").unlink()
    assert "clusters is gone" in refused()
    shutil.rmtree(folder)
    shutil.copytree(base / "run", folder)
    run("ingest", base / "chats.jsonl", "--run", folder, "--set", "ingest.min_chars=60")
    assert "clusters is older than prompts" in refused()


def test_a_run_without_questions_has_nothing_to_release(base: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(base / "run", tmp_path / "run")
    run("sample", "--run", folder, "--set", "sample.max_tokens=1")
    done = run("release", "build", "--run", folder, "--name", "june", "--version", "1",
               "--out", tmp_path, code=1)  # fmt: skip
    assert "no questions" in done.stderr
