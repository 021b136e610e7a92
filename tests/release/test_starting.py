"""``init``, and the CI script that it writes, run for real in a temporary git repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from benchbuilder.config import load_config
from tests.cli.commands import run
from tests.release.made import edit_config, write_dump

ROOT = Path(__file__).resolve().parents[2]
GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "init.defaultBranch=main")


def git(folder: Path, *words: str) -> None:
    subprocess.run([*GIT, *words], cwd=folder, check=True, capture_output=True)


def script(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ,
        "BENCHBUILDER": f"{sys.executable} -m benchbuilder",
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }
    return subprocess.run(
        ["sh", *words], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a first release."""
    folder = tmp_path_factory.mktemp("work") / "my-benchmark"
    run("init", folder)
    run("curate", folder / "dump", "--config", folder / "benchbuilder.yaml",
        "--run", folder / "work/run", "--offline")  # fmt: skip
    run("release", "build", "--run", folder / "work/run", "--name", "my-benchmark",
        "--version", "1.0", "--out", folder / "releases")  # fmt: skip
    (folder / "releases/latest").write_text("my-benchmark-1.0\n")
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "Release my-benchmark 1.0")
    return folder


@pytest.fixture
def clone(published: Path, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "--no-local", str(published), "clone")
    return tmp_path / "clone"


def test_init_writes_settings_templates_a_dump_and_a_workflow(tmp_path: Path) -> None:
    run("init", tmp_path / "June 2026")
    folder = tmp_path / "June 2026"
    assert load_config(folder / "benchbuilder.yaml").sample.target == 10
    workflow = yaml.safe_load((folder / ".github/workflows/benchmark.yml").read_text())
    # YAML 1.1 reads the key `on` as True.
    assert set(workflow[True]) == {"pull_request", "schedule", "workflow_dispatch"}
    steps = workflow["jobs"]["benchmark"]["steps"]
    assert {"run": "sh ci/benchmark.sh"} in steps
    assert "name=June-2026\n" in (folder / "ci/benchmark.sh").read_text()
    assert "@NAME@" not in "".join(p.read_text() for p in folder.rglob("*") if p.is_file())
    assert "is there already" in run("init", folder, code=1).stderr
    assert (folder / "prompts/annotate.md").read_bytes() == (
        ROOT / "prompts/annotate.md"
    ).read_bytes()


def test_the_workflow_is_one_and_may_only_comment(tmp_path: Path) -> None:
    run("init", tmp_path)
    path = tmp_path / ".github/workflows/benchmark.yml"
    checker = (sys.executable, "-m", "check_jsonschema", "--builtin-schema")
    checked = subprocess.run(
        [*checker, "vendor.github-workflows", path], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {}
    job = workflow["jobs"]["benchmark"]
    assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
    # What the workflow hands on is what the script writes.
    script = (tmp_path / "ci/benchmark.sh").read_text()
    uploaded = [step["with"]["path"] for step in job["steps"] if "upload" in step.get("uses", "")]
    for name in uploaded[0].split():
        assert f'"$work{name.removeprefix("work").split("*")[0]}' in script, name


def test_from_a_clean_clone_to_a_comment(clone: Path) -> None:
    config = clone / "benchbuilder.yaml"
    config.write_text(config.read_text().replace("target: 10", "target: 12"))
    done = script(clone, "ci/benchmark.sh")
    assert done.returncode == 0, done.stderr
    assert "have the digest of the release" in done.stderr
    comment = (clone / "work/diff.md").read_text()
    assert "10 questions kept, 2 added, 0 removed." in comment
    assert "| `sample.target` | `10` | `12` |" in comment
    assert (clone / "work/report/report.html").stat().st_size > 10_000
    subprocess.run(["git", "diff", "--exit-code", "--", "releases"], cwd=clone, check=True)


def test_a_release_that_was_edited_stops_the_script(clone: Path) -> None:
    with (clone / "releases/my-benchmark-1.0/questions.jsonl").open("a") as file:
        file.write("{}\n")
    done = script(clone, "ci/benchmark.sh")
    assert done.returncode == 1
    assert "checksums: questions.jsonl: was changed" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "wrong", "advice"),
    [
        ("manifest.json", "manifest.json is no manifest", "remove it and run again"),
        ("completions.sqlite", "file is not a database", "move that file away"),
    ],
)
def test_a_broken_cache_stops_the_script_with_a_clear_message(
    clone: Path, published: Path, name: str, wrong: str, advice: str
) -> None:
    shutil.copytree(published / "work/run", clone / "work/run")
    (clone / "work/run" / name).write_text("{" * 5000)
    done = script(clone, "ci/benchmark.sh")
    assert done.returncode == 1
    assert wrong in done.stderr
    assert advice in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_broken_artifact_in_the_cache_is_made_anew(clone: Path, published: Path) -> None:
    shutil.copytree(published / "work/run", clone / "work/run")
    (clone / "work/run/embeddings.parquet").write_text("{")
    done = script(clone, "ci/benchmark.sh")
    assert done.returncode == 0, done.stderr
    assert "The same 10 questions" in (clone / "work/diff.md").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("change", ["fewer rows", "one more file"])
def test_another_dump_gives_a_candidate_and_no_remake(clone: Path, change: str) -> None:
    path = clone / "dump/chats.jsonl"
    if change == "fewer rows":
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:-2]))
    else:
        write_dump(clone / "dump/july.jsonl", 3, start=80)
    done = script(clone, "ci/benchmark.sh")
    assert done.returncode == 0, done.stderr
    assert "not made again: the dump is another one" in done.stdout


@pytest.mark.slow
def test_a_dump_that_no_longer_gives_the_release_stops_the_script(clone: Path) -> None:
    """The files are the same ones: it is the package that has changed."""
    release = clone / "releases/my-benchmark-1.0"
    edit_config(release, "ingest", min_chars=60)
    done = script(clone, "ci/benchmark.sh")
    assert done.returncode == 1
    assert "gives other prompts today" in done.stderr


@pytest.mark.slow
def test_the_first_candidate_has_nothing_to_be_compared_with_and_is_published(
    tmp_path: Path,
) -> None:
    run("init", tmp_path / "b")
    done = script(tmp_path / "b", "ci/benchmark.sh")
    assert done.returncode == 0, done.stderr
    assert "no release to compare with yet" in (tmp_path / "b/work/diff.md").read_text()
    done = script(tmp_path / "b", "ci/publish.sh", "1.0")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "b/releases/latest").read_text() == "b-1.0\n"
