"""A run folder: Parquet artifacts, their digests, the manifest and the lock.

An artifact is written under a temporary name and moved in place, the manifest last: a crash at any
instant leaves the old state or the new one. ``manifest.json`` holds, per artifact, what it was made
from; a file that no longer has the digest written there was edited by hand, and is noticed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchbuilder.errors import RunFolderError, SchemaError, StaleArtifactError
from benchbuilder.manifest import checked, empty
from benchbuilder.mapped import read_table
from benchbuilder.remote.origin import origin_of
from benchbuilder.schemas import ARTIFACTS, Artifact

MANIFEST = "manifest.json"
CONFIG = "config.yaml"
COMPLETIONS = "completions.sqlite"
_TEMPORARY = ".partial"


@dataclass(frozen=True)
class Written:
    """An artifact on its temporary path, checked and hashed, not yet in place."""

    artifact: Artifact
    temporary: Path
    digest: str
    rows: int
    statuses: dict[str, int]  # rows by status, empty where the artifact has no such column


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
        return ArtifactWriter(self, artifact)

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


class ArtifactWriter:
    """Takes the parts of one artifact as they come, and checks them."""

    def __init__(self, folder: RunFolder, artifact: Artifact) -> None:
        self.artifact = artifact
        self.temporary = folder.path / f"{artifact.filename}{_TEMPORARY}"
        self._writer: pq.ParquetWriter | None = None

    def add(self, part: pa.Table | pa.RecordBatch) -> None:
        """Append a part after casting it to the schema.

        Raises:
            SchemaError: a column is missing, unknown or of another type.
        """
        table = conform(part, self.artifact)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.temporary, table.schema, compression="zstd")
        if table.num_rows:
            self._writer.write_table(table)

    def finish(self) -> Written:
        """Close the file, check the key, hash the bytes.

        Raises:
            SchemaError: a key stands more than once.
        """
        if self._writer is None:
            self.add(self.artifact.schema.empty_table())
        assert self._writer is not None
        self._writer.close()
        key = list(self.artifact.key)
        wanted = [*key, "status"] if "status" in self.artifact.schema.names else key
        table = pq.read_table(self.temporary, columns=list(dict.fromkeys(wanted)))
        _demand_unique(table.select(key), self.artifact)
        statuses = {}
        if "status" in table.column_names:
            counted = pc.value_counts(table["status"]).to_pylist()
            statuses = {item["values"]: item["counts"] for item in counted}
        return Written(
            self.artifact,
            self.temporary,
            file_digest(self.temporary),
            table.num_rows,
            dict(sorted(statuses.items())),
        )

    def abandon(self) -> None:
        """Leave no trace."""
        if self._writer is not None:
            self._writer.close()
        self.temporary.unlink(missing_ok=True)


def conform(part: pa.Table | pa.RecordBatch, artifact: Artifact) -> pa.Table:
    """Cast to the declared schema; nullable columns that are absent become null.

    A list column may come as a fixed-size list: it is stored as it came.

    Raises:
        SchemaError: a required column is missing or null, a column is unknown or of another type.
    """
    table = pa.table(part) if isinstance(part, pa.RecordBatch) else part
    unknown = sorted(set(table.column_names) - set(artifact.schema.names))
    if unknown:
        raise SchemaError(f"{artifact.name}: column {unknown[0]!r} is not declared in its schema")
    columns, fields = [], []
    for field in artifact.schema:
        if field.name not in table.column_names:
            if not field.nullable:
                raise SchemaError(f"{artifact.name}: column {field.name!r} is missing")
            column = pa.nulls(table.num_rows, field.type)
        else:
            column = table[field.name]
            if not pa.types.is_fixed_size_list(column.type):
                try:
                    column = column.cast(field.type)
                except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                    raise SchemaError(f"{artifact.name}.{field.name}: {error}") from error
            if not field.nullable and column.null_count:
                raise SchemaError(f"{artifact.name}: column {field.name!r} has a null")
        columns.append(column)
        fields.append(field.with_type(column.type))
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def value_digest(value: Any) -> str:
    """SHA-256 of a JSON value in canonical form (sorted keys, no spaces)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _demand_unique(keys: pa.Table, artifact: Artifact) -> None:
    counted = keys.group_by(list(artifact.key)).aggregate([([], "count_all")])
    if counted.num_rows == keys.num_rows:
        return
    twice = counted.filter(pc.greater(counted["count_all"], 1)).slice(0, 1).to_pylist()[0]
    twice.pop("count_all")
    raise SchemaError(f"{artifact.name}: the key {twice} stands more than once")


def _settle(temporary: Path, final: Path) -> None:
    """Bring the bytes to the disk before the name points at them."""
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(final)
