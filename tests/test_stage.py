from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from benchbuilder import stage
from benchbuilder.artifacts import RunFolder
from benchbuilder.config import build_config
from benchbuilder.digests import file_digest
from benchbuilder.errors import InputError
from benchbuilder.stage import Context, identify_file, identify_files
from tests.test_manifest import manifest_entry


def test_a_file_counts_by_its_bytes_and_by_how_it_is_read(tmp_path: Path) -> None:
    content = b'{"prompt": "x"}\n'
    for name in ("a.jsonl", "b.ndjson", "a.txt", "README"):
        (tmp_path / name).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    assert identify_file(tmp_path / "a.jsonl") == f"{digest} json"
    assert identify_file(tmp_path / "b.ndjson") == f"{digest} json"
    assert identify_file(tmp_path / "a.txt") == f"{digest} text"
    assert identify_file(tmp_path / "README") == digest


def test_a_file_is_read_once_for_its_digest_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def counted(path: Path) -> str:
        read.append(path)
        return file_digest(path)

    monkeypatch.setattr(stage, "file_digest", counted)
    path = tmp_path / "dump.jsonl"
    path.write_text("one")
    first = [identify_file(path) for _ in range(3)]
    path.write_text("another")
    assert identify_file(path) not in first
    assert read == [path, path]


def test_without_files_those_of_last_time_stand_or_it_is_said_how_to_give_them(
    tmp_path: Path,
) -> None:
    folder = RunFolder(tmp_path, create=True)
    context = Context(build_config({}, origin="test"), folder)
    with pytest.raises(InputError, match="no dump given") as caught:
        identify_files(context, (), "conversations", "dump")
    assert caught.value.hint == f"benchbuilder curate DUMP --run {tmp_path}"
    entry = manifest_entry("ingest")
    entry["made_from"]["identity"] = {"dump": ["abc json"]}
    folder.write_manifest({"format": 1, "artifacts": {"conversations": entry}})
    assert identify_files(context, (), "conversations", "dump") == {"dump": ["abc json"]}
