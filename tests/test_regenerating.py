"""``curate --from-release``: the same digest, from recorded vectors, topics and calls."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchbuilder.release.layout import write_checksums
from tests.cli.commands import run
from tests.release.made import build, edit_config, made, write_dump


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return Path(shutil.copytree(made() / "june-1.0", tmp_path / "june-1.0"))


DUMP = "chats.jsonl"


def again(release: Path, folder: Path, *more: object, code: int = 0) -> str:
    done = run("curate", made() / DUMP, "--offline", "--from-release", release, "--run", folder,
               *more, code=code)  # fmt: skip
    return " ".join(done.stderr.split())


def test_a_release_made_again_has_the_same_digest_and_verifies(
    release: Path, tmp_path: Path
) -> None:
    assert "have the digest of the release" in again(release, tmp_path / "run")
    made_again = build(tmp_path / "run", tmp_path / "other")
    for name in ("questions.jsonl", "questions.parquet", "recorded/selection.parquet"):
        assert (made_again / name).read_bytes() == (release / name).read_bytes(), name
    run("release", "verify", made_again)


def test_vectors_of_another_processor_are_not_computed_but_taken(
    release: Path, tmp_path: Path
) -> None:
    path = release / "recorded/embeddings.parquet"
    table = pq.read_table(path)
    width = table.schema.field("vector").type.list_size
    flat = table["vector"].combine_chunks().flatten().to_numpy() * np.float32(1 + 1e-6)
    moved = pa.FixedSizeListArray.from_arrays(pa.array(flat), width)
    pq.write_table(table.set_column(1, table.schema.field("vector"), moved), path)
    write_checksums(release)
    again(release, tmp_path / "run")
    found = pq.read_table(tmp_path / "run/embeddings.parquet").sort_by("prompt_id")
    assert found["vector"].combine_chunks().flatten().to_numpy().tolist() == flat.tolist()


def test_a_run_from_a_release_stays_current_without_it(release: Path, tmp_path: Path) -> None:
    again(release, tmp_path / "run")
    shutil.rmtree(release)
    done = run("curate", "--run", tmp_path / "run", "--json")
    assert {stage["state"] for stage in json.loads(done.stdout)["stages"]} == {"current"}
    (tmp_path / "run/clusters.parquet").unlink()
    refused = run("curate", "--run", tmp_path / "run", code=1)
    assert "--from-release RELEASE" in refused.stderr
    run("curate", "--run", tmp_path / "run", "--set", "cluster.keywords=5")
    done = run("curate", "--run", tmp_path / "run", "--json")
    stages = {stage["stage"]: stage["state"] for stage in json.loads(done.stdout)["stages"]}
    assert stages["cluster"] == "current", "made anew with another setting"


def test_a_release_without_vectors_computes_them(tmp_path: Path) -> None:
    folder = build(made() / "run", tmp_path, "--no-embeddings")
    assert "not part of this release" in (folder / "README.md").read_text()
    run("release", "verify", folder)
    assert "have the digest of the release" in again(folder, tmp_path / "run")


def test_another_dump_is_told_apart(release: Path, tmp_path: Path) -> None:
    other = write_dump(tmp_path / "other.jsonl", 36, start=3)
    done = run("curate", other, "--from-release", release, "--run", tmp_path / "run", "--json",
               code=1)  # fmt: skip
    assert "the dump is not the one of the release: 3 of its prompts" in done.stderr
    assert json.loads(done.stdout)["error"]["kind"] == "OtherDump"


def test_the_same_files_with_other_prompts_are_no_other_dump(release: Path, tmp_path: Path) -> None:
    """As when a later version reads a dump otherwise: that is a failure, not another dump."""
    for name in ("clusters", "embeddings"):
        path = release / f"recorded/{name}.parquet"
        pq.write_table(pq.read_table(path).slice(1), path)
    write_checksums(release)
    done = run("curate", made() / DUMP, "--from-release", release, "--run", tmp_path / "run",
               "--json", code=1)  # fmt: skip
    error = json.loads(done.stdout)["error"]
    assert error["kind"] == "InputError"
    assert (
        "has the files of the release and gives other prompts today: 1 of its" in error["message"]
    )
    assert "was made with version" in error["hint"]


def test_a_broken_release_is_refused_before_anything_runs(release: Path, tmp_path: Path) -> None:
    with (release / "config.yaml").open("a") as file:
        file.write("\n")
    message = again(release, tmp_path / "run", code=1)
    assert "config.yaml was changed" in message
    assert "benchbuilder release verify" in message
    assert not (tmp_path / "run").exists()


def test_other_questions_are_exit_code_3(release: Path, tmp_path: Path) -> None:
    edit_config(release, "sample", min_score=7, min_score_floor=None)
    assert "are not those of" in again(release, tmp_path / "run", code=3)


def test_settings_come_from_the_release_alone(release: Path, tmp_path: Path) -> None:
    again(release, tmp_path / "run", "--config", "paper", code=2)
