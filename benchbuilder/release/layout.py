"""What lies where in a release folder.

::

    README.md            the dataset card
    questions.jsonl      canonical; its SHA-256 is the digest of the release
    questions.parquet    the same rows
    recorded/*.parquet   what the selection was made from (see ``RECORDED``)
    config.yaml          the settings, without paths, hosts and keys
    templates/, heads/, lists/   files that the settings name, where there are any
    completions.jsonl    every recorded call of a model, where it is part of the release
    release.json         name, version, digest, counts, digests of tables, where it comes from
    CHECKSUMS            SHA-256 of every other file, as ``sha256sum -c`` reads it
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchbuilder.digests import file_digest
from benchbuilder.errors import InputError
from benchbuilder.schemas import (
    ANNOTATIONS,
    CENTROIDS,
    CLUSTERS,
    EMBEDDINGS,
    PROMPTS,
    QUESTIONS,
    SELECTION,
    TOPIC_SCORES,
    TOPICS,
    Artifact,
)

CARD, MANIFEST, CHECKSUMS, CONFIG = "README.md", "release.json", "CHECKSUMS", "config.yaml"
CANONICAL, COMPLETIONS = "questions.jsonl", "completions.jsonl"
FORMAT = 1
#: What to do about a release that is not whole.
BROKEN = "take the release anew from where it came, or build it again from its run"

_POOL_COLUMNS = ("prompt_id", "language", "language_declared", "occurrences", "n_chars", "n_tokens")
#: The prompts without their texts: a release holds the texts of its questions alone.
POOL = Artifact(
    "pool", ("prompt_id",), pa.schema([PROMPTS.schema.field(name) for name in _POOL_COLUMNS])
)
#: What the selection was made from, and itself.
RECORDED = (POOL, CLUSTERS, TOPICS, CENTROIDS, ANNOTATIONS, SELECTION, TOPIC_SCORES, EMBEDDINGS)
#: The tables of a release by name.
TABLES: dict[str, Artifact] = {artifact.name: artifact for artifact in (QUESTIONS, *RECORDED)}


def table_path(name: str) -> str:
    """Where a table lies, relative to the folder."""
    filename = TABLES[name].filename
    return filename if name == QUESTIONS.name else f"recorded/{filename}"


def read_table(folder: Path, name: str) -> pa.Table:
    """A table of a release.

    Raises:
        InputError: it is not there, or cannot be read.
    """
    path = folder / table_path(name)
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0] if path.is_file() else "no such file"
        raise InputError(f"cannot be read: {reason}", file=path, hint=BROKEN) from error


def read_manifest(folder: Path) -> dict[str, Any]:
    """What ``release.json`` says.

    Raises:
        InputError: the folder is no release, or one of a later form.
    """
    path = folder / MANIFEST
    try:
        manifest: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"no release: {MANIFEST} is not there",
            file=folder,
            hint="benchbuilder release build --run RUN --name NAME --version VERSION",
        ) from error
    except ValueError as error:
        raise InputError(f"not valid JSON: {error}", file=path, hint=BROKEN) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else None
        raise InputError(
            f"expected format {FORMAT}, found {found!r}",
            file=path,
            hint="pip install --upgrade benchbuilder, or take a release of this version's form",
        )
    for name in ("tables", "counts", "stages"):
        if not isinstance(manifest.get(name), dict):
            raise InputError(f"expected an object under {name!r}", file=path, hint=BROKEN)
    return manifest


def files_of(folder: Path) -> Iterator[str]:
    """Every file of a release but ``CHECKSUMS``, relative, sorted; hidden ones stay out."""
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not hidden and relative.as_posix() != CHECKSUMS:
            yield relative.as_posix()


def write_checksums(folder: Path) -> None:
    """Write ``CHECKSUMS`` over all other files."""
    lines = [f"{file_digest(folder / name)}  {name}\n" for name in files_of(folder)]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def read_checksums(folder: Path) -> dict[str, str]:
    """SHA-256 by relative path.

    Raises:
        InputError: the file is not there, or a line is none of ``sha256sum``.
    """
    path = folder / CHECKSUMS
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise InputError("cannot be read", file=path, hint=BROKEN) from error
    found = {}
    for number, line in enumerate(lines, start=1):
        digest, gap, name = line.partition("  ")
        if not gap or len(digest) != 64:
            raise InputError(
                "expected a digest, two spaces and a path", file=path, line=number, hint=BROKEN
            )
        found[name] = digest
    return found
