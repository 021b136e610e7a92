from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchbuilder.artifacts import RunFolder
from benchbuilder.errors import RunFolderError, StaleArtifactError
from benchbuilder.schemas import CLUSTERS
from benchbuilder.writing import Written
from tests.test_manifest import manifest_entry


def clusters(*ids: str) -> pa.Table:
    return pa.table(
        {"prompt_id": list(ids), "topic_id": [0] * len(ids), "probability": [1.0] * len(ids)}
    )


def write(folder: RunFolder, *parts: pa.Table) -> Written:
    writer = folder.writer(CLUSTERS)
    for part in parts:
        writer.add(part)
    return writer.finish()


def test_parts_are_cast_to_the_schema_and_kept_in_order(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run", create=True)
    folder.install([write(folder, clusters("b"), clusters("a"))])
    table = folder.read("clusters")
    assert table.schema.equals(CLUSTERS.schema)
    assert table["prompt_id"].to_pylist() == ["b", "a"]
    batches = list(folder.batches("clusters", rows=1))
    assert [batch.num_rows for batch in batches] == [1, 1]


def test_nothing_is_in_place_before_it_is_installed(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, create=True)
    folder.install([write(folder, clusters("old"))])
    write(folder, clusters("new"))
    assert folder.read("clusters")["prompt_id"].to_pylist() == ["old"]


def test_an_edit_by_hand_is_noticed_and_a_copy_is_not(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, create=True)
    written = write(folder, clusters("a"))
    folder.install([written])
    entry = {"digest": written.digest, "seen": folder.seen("clusters")}
    assert folder.intact("clusters", entry)
    folder.file("clusters").touch()
    assert folder.intact("clusters", entry), "another date, the same bytes"
    pq.write_table(clusters("b"), folder.file("clusters"))
    assert not folder.intact("clusters", entry)
    folder.file("clusters").unlink()
    assert not folder.intact("clusters", entry)


def _hold(path: Path, ready: object, go: object) -> None:
    with RunFolder(path).lock():
        ready.set()  # type: ignore[attr-defined]
        go.wait(30)  # type: ignore[attr-defined]


def test_one_run_folder_one_writer(tmp_path: Path) -> None:
    RunFolder(tmp_path, create=True)
    spawn = multiprocessing.get_context("spawn")
    ready, go = spawn.Event(), spawn.Event()
    other = spawn.Process(target=_hold, args=(tmp_path, ready, go))
    other.start()
    try:
        assert ready.wait(30)
        with (
            pytest.raises(RunFolderError, match="another benchbuilder process"),
            RunFolder(tmp_path).lock(),
        ):
            pass
    finally:
        go.set()
        other.join(30)
    with RunFolder(tmp_path).lock():
        pass


@pytest.mark.parametrize("content", [b"", b"garbage", b"\xff\xfe\x00", b"{}"])
def test_what_stands_in_the_lock_file_does_not_matter(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".lock").write_bytes(content)
    with RunFolder(tmp_path).lock():
        pass


def test_a_lock_that_cannot_be_taken_is_said(tmp_path: Path) -> None:
    (tmp_path / ".lock").mkdir()
    with (
        pytest.raises(RunFolderError, match="cannot write to the run folder") as caught,
        RunFolder(tmp_path).lock(),
    ):
        pass
    assert "cp -r" in str(caught.value.hint)


def test_the_lock_clears_what_a_killed_run_left(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, create=True)
    (tmp_path / "clusters.parquet.partial").write_text("half")
    with folder.lock():
        assert not list(tmp_path.glob("*.partial"))


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RunFolderError, match="cannot write to the run folder") as caught:
        RunFolder(tmp_path / "file" / "run", create=True)
    assert "--run" in str(caught.value.hint)


def test_a_missing_folder_and_a_missing_artifact_are_said(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="no run folder"):
        RunFolder(tmp_path / "absent")
    with pytest.raises(StaleArtifactError, match=r"clusters\.parquet is not there"):
        RunFolder(tmp_path).read("clusters")


def test_a_broken_manifest_is_said(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(RunFolderError, match=r"manifest\.json is no manifest"):
        RunFolder(tmp_path).manifest()


def test_the_manifest_is_replaced_in_one_step(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, create=True)
    entry = manifest_entry("cluster", rows=2)
    folder.write_manifest({"format": 1, "artifacts": {"clusters": entry}})
    assert folder.entry("clusters") == entry
    assert json.loads((tmp_path / "manifest.json").read_text())["format"] == 1
    assert not list(tmp_path.glob("*.partial"))
