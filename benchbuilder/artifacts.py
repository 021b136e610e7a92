"""A run folder: its artifacts, the manifest and the lock.

An artifact is written under a temporary name and moved in place, the manifest last: a crash at any
instant leaves the old state or the new one. ``manifest.json`` holds, per artifact, what it was made
from; a file that no longer has the digest written there was edited by hand, and is noticed.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchbuilder.digests import file_digest
from benchbuilder.errors import RunFolderError, StaleArtifactError
from benchbuilder.manifest import checked, empty
from benchbuilder.mapped import read_table
from benchbuilder.remote.origin import origin_of
from benchbuilder.schemas import ARTIFACTS, Artifact
from benchbuilder.writing import ArtifactWriter, Written

MANIFEST = "manifest.json"
CONFIG = "config.yaml"
COMPLETIONS = "completions.sqlite"
_TEMPORARY = ".partial"


class RunFolder:
    """The files of one run. ``may_lack``: the folder need not exist (a dry run makes none).

    A folder that is the local copy of one in a bucket keeps that one up to date.

    Raises:
        RunFolderError: the folder cannot be made or written.
        InputError: the bucket cannot be read.
    """

    def __init__(self, path: Path, *, create: bool = False, may_lack: bool = False) -> None:
        self.path = path
        if create:
            try:
                path.mkdir(parents=True, exist_ok=True)
                probe = path / f".probe{_TEMPORARY}"
                probe.touch()
                probe.unlink()
            except OSError as error:
                raise RunFolderError(
                    f"cannot write to the run folder {path}: {error.strerror}",
                    hint="choose another folder with --run",
                ) from error
        elif not path.is_dir() and not may_lack:
            raise RunFolderError(
                f"no run folder at {path}", hint="benchbuilder curate DUMP --run " + str(path)
            )
        self._origin = origin_of(path)
        self._pull()

    def _pull(self) -> None:
        if self._origin is not None:
            self._origin.pull(MANIFEST, (CONFIG,))

    def _push(self, names: Iterable[str]) -> None:
        if self._origin is not None:
            self._origin.push(names)

    def file(self, name: str) -> Path:
        """The path of an artifact."""
        return self.path / ARTIFACTS[name].filename

    def read(self, name: str) -> pa.Table:
        """A whole artifact; many vectors stay on disk (see ``mapped``).

        Raises:
            StaleArtifactError: the artifact is not there.
        """
        self._require(name)
        with self._reading(name):
            return read_table(self.file(name))

    def batches(self, name: str, *, rows: int = 8192) -> Iterator[pa.RecordBatch]:
        """An artifact batch by batch, in its own order."""
        self._require(name)
        with self._reading(name), pq.ParquetFile(self.file(name)) as file:
            yield from file.iter_batches(batch_size=rows)

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        try:
            yield
        except (pa.ArrowException, OSError) as error:
            raise StaleArtifactError(
                f"{self.file(name)} cannot be read: {str(error).partition(chr(10))[0]}",
                hint=f"remove it and run again the command that made it; see "
                f"benchbuilder status {self.path}",
            ) from error

    def _require(self, name: str) -> None:
        if not self.file(name).is_file():
            raise StaleArtifactError(
                f"{self.file(name)} is not there", hint=f"benchbuilder status {self.path}"
            )

    def manifest(self) -> dict[str, Any]:
        """What ``manifest.json`` says, or an empty manifest."""
        path = self.path / MANIFEST
        if not path.is_file():
            return empty()
        try:
            return checked(json.loads(path.read_text(encoding="utf-8")))
        except ValueError as error:
            raise RunFolderError(
                f"{path} is no manifest of this version: {error}",
                hint=f"remove it and run again: finished stages are made anew from {self.path}",
            ) from error

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Replace the manifest in one step."""
        self.write_text(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")

    def write_text(self, filename: str, text: str) -> None:
        """Replace a small text file of the folder in one step."""
        temporary = self.path / f"{filename}{_TEMPORARY}"
        temporary.write_text(text, encoding="utf-8")
        _settle(temporary, self.path / filename)
        self._push([filename])

    def entry(self, name: str) -> dict[str, Any] | None:
        """The manifest's entry of an artifact, or None."""
        found: dict[str, Any] | None = self.manifest()["artifacts"].get(name)
        return found

    def intact(self, name: str, entry: dict[str, Any]) -> bool:
        """Whether the file is the one that the manifest describes.

        Size and modification time spare the reading; where they differ, the digest decides.
        """
        path = self.file(name)
        if not path.is_file():
            return False
        stat = path.stat()
        if [stat.st_size, stat.st_mtime_ns] == entry.get("seen"):
            return True
        return file_digest(path) == str(entry["digest"])

    def writer(self, artifact: Artifact) -> ArtifactWriter:
        """A writer to the temporary path of an artifact."""
        return ArtifactWriter(artifact, self.path / f"{artifact.filename}{_TEMPORARY}")

    def install(self, written: Iterable[Written]) -> None:
        """Move finished artifacts in place. The caller writes the manifest right after."""
        for item in written:
            _settle(item.temporary, self.path / item.artifact.filename)
            self._push([item.artifact.filename])

    def seen(self, name: str) -> list[int]:
        """Size in bytes and modification time in ns of an artifact, for ``intact``."""
        stat = self.file(name).stat()
        return [stat.st_size, stat.st_mtime_ns]

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One run folder, one writer.

        Raises:
            RunFolderError: another process works on this folder, or it cannot be written.
        """
        with self._locked():
            for leftover in self.path.glob(f"*{_TEMPORARY}"):
                leftover.unlink()
            with self._bucket():
                yield

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(self.path / ".lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise RunFolderError(
                f"another benchbuilder process is working on {self.path}",
                hint="wait for it to end, or choose another folder with --run",
            ) from None
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise RunFolderError(
                f"cannot write to the run folder {self.path}: {lock.lock_file}: {error.strerror}",
                hint=f"copy it and work there: cp -r {self.path} COPY, then the same with COPY",
            ) from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _bucket(self) -> Iterator[None]:
        """The same in the bucket: what another machine wrote until now is brought first."""
        if self._origin is None:
            yield
            return
        from benchbuilder.remote.lease import writing

        with writing(self._origin, COMPLETIONS):
            self._pull()
            yield


def _settle(temporary: Path, final: Path) -> None:
    """Bring the bytes to the disk before the name points at them."""
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(final)
