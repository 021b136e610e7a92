"""``release verify``: what a release folder says, checked from the folder alone.

Every check that can run does, whatever the others found: a byte that flipped in one file hides
nothing in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.digests import file_digest
from benchbuilder.errors import InputError, SchemaError
from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.recordings import import_completions
from benchbuilder.release import layout
from benchbuilder.release.build import counts
from benchbuilder.release.canonical import canonical_digest
from benchbuilder.release.reproduced import NEEDED, Finding, Reselect, check_selection
from benchbuilder.release.second_pass import find_places
from benchbuilder.schemas import QUESTIONS
from benchbuilder.text.normalise import normalise, prompt_id
from benchbuilder.writing import conform

CHECKS = (
    "checksums",
    "schemas",
    "counts",
    "digest",
    "identity",
    "annotations",
    "selection",
    "completions",
    "privacy",
)


@dataclass(frozen=True)
class Verified:
    """What a verification found; ``skipped`` says which checks could not run, and why."""

    name: str
    digest: str
    findings: tuple[Finding, ...]
    skipped: dict[str, str]

    @property
    def ok(self) -> bool:
        return not self.findings


def verify(folder: Path, reselect: Reselect) -> Verified:
    """Check a release folder against itself.

    Raises:
        InputError: the folder is no release at all (no readable ``release.json``).
    """
    manifest = layout.read_manifest(folder)
    skipped: dict[str, str] = {}
    findings = list(_checksums(folder))
    tables: dict[str, pa.Table] = {}
    listed = set(manifest.get("tables", {}))
    for name in sorted(listed | NEEDED):
        if name not in listed:
            findings.append(Finding("schemas", layout.MANIFEST, f"does not describe {name}"))
        findings += _read_checked(folder, name, tables)
    findings += _counts(manifest, tables)
    findings += _stated_counts(folder, manifest, tables)
    findings += _digest(folder, manifest, tables)
    if "questions" in tables:
        findings += _identity(tables["questions"])
        findings += _annotations(tables)
    findings += check_selection(folder, tables, reselect, skipped)
    findings += _completions(folder, skipped)
    findings += _privacy(folder, skipped)
    title = f"{manifest.get('name')} {manifest.get('version')}"
    return Verified(title, str(manifest.get("digest")), tuple(findings), skipped)


def demand_intact(folder: Path) -> dict[str, Any]:
    """``release.json`` of a release whose files all have their checksums.

    Raises:
        InputError: a file is missing, changed or too many.
    """
    manifest = layout.read_manifest(folder)
    for finding in _checksums(folder):
        raise InputError(
            f"{finding.place} {finding.message}",
            file=folder,
            hint=f"benchbuilder release verify {folder}",
        )
    return manifest


def _checksums(folder: Path) -> Iterator[Finding]:
    try:
        stated = layout.read_checksums(folder)
    except InputError as error:
        yield Finding("checksums", layout.CHECKSUMS, str(error))
        return
    found = set(layout.files_of(folder))
    for name in sorted(stated):
        if name not in found:
            yield Finding("checksums", name, "is missing")
        elif file_digest(folder / name) != stated[name]:
            yield Finding("checksums", name, "was changed: its SHA-256 is another one")
    for name in sorted(found - set(stated)):
        yield Finding("checksums", name, "is not listed in CHECKSUMS")


def _read_checked(folder: Path, name: str, tables: dict[str, pa.Table]) -> Iterator[Finding]:
    if name not in layout.TABLES:
        yield Finding("schemas", name, "is no table of a release")
        return
    artifact, place = layout.TABLES[name], layout.table_path(name)
    try:
        table = conform(layout.read_table(folder, name), artifact)
    except (InputError, SchemaError) as error:
        yield Finding("schemas", place, str(error))
        return
    keys = table.select(list(artifact.key))
    if keys.group_by(list(artifact.key)).aggregate([]).num_rows < keys.num_rows:
        yield Finding("schemas", place, f"the key {', '.join(artifact.key)} stands more than once")
    tables[name] = table


def _counts(manifest: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> Iterator[Finding]:
    for name, table in tables.items():
        stated, place = manifest["tables"].get(name), layout.table_path(name)
        if not isinstance(stated, dict):
            continue
        if table.num_rows != stated.get("rows"):
            yield Finding(
                "counts", place, f"{table.num_rows} rows, release.json says {stated.get('rows')}"
            )
        elif stated.get("digest") not in (None, canonical_digest(table, layout.TABLES[name])):
            yield Finding("counts", place, "its rows are not those that release.json describes")


def _stated_counts(
    folder: Path, manifest: Mapping[str, Any], tables: Mapping[str, pa.Table]
) -> Iterator[Finding]:
    """The counts of ``release.json`` against those of the tables, where all can be read."""
    if not set(tables) >= NEEDED:
        return
    path = folder / layout.COMPLETIONS
    calls = path.read_bytes().count(b"\n") if path.is_file() else None
    stated = manifest.get("counts", {})
    for what, count in counts(tables, calls).items():
        if stated.get(what) != count:
            message = f"says {what}: {stated.get(what)}, there are {count}"
            yield Finding("counts", layout.MANIFEST, message)


def _digest(
    folder: Path, manifest: Mapping[str, Any], tables: Mapping[str, pa.Table]
) -> Iterator[Finding]:
    path = folder / layout.CANONICAL
    if not path.is_file():
        yield Finding("digest", layout.CANONICAL, "is missing")
        return
    found = file_digest(path)
    if found != manifest.get("digest"):
        yield Finding("digest", layout.CANONICAL, "does not have the digest of the release")
    if "questions" in tables and canonical_digest(tables["questions"], QUESTIONS) != found:
        yield Finding("digest", layout.CANONICAL, "and questions.parquet hold different questions")


def _identity(questions: pa.Table) -> Iterator[Finding]:
    """The id of a question is a digest of its text: a text that was edited has another one."""
    for row in questions.select(["question_id", "text", "system"]).to_pylist():
        if prompt_id(normalise(row["text"]), row["system"]) != row["question_id"]:
            yield Finding("identity", row["question_id"], "the text is not the one that it names")


def _annotations(tables: Mapping[str, pa.Table]) -> Iterator[Finding]:
    asked = set(tables["questions"]["question_id"].to_pylist())
    if "annotations" in tables:
        table = tables["annotations"]
        usable = table.filter(pc.equal(table["status"], "ok"))["prompt_id"].to_pylist()
        for question_id in sorted(asked - set(usable)):
            yield Finding("annotations", question_id, "the question has no annotation")
    if "pool" in tables:
        for question_id in sorted(asked - set(tables["pool"]["prompt_id"].to_pylist())):
            yield Finding("annotations", question_id, "the question is none of the prompts")


def _completions(folder: Path, skipped: dict[str, str]) -> Iterator[Finding]:
    path = folder / layout.COMPLETIONS
    if not path.is_file():
        skipped["completions"] = "none are part of this release"
        return
    cache = CompletionCache(Path(":memory:"))
    try:
        import_completions(cache, path)
    except InputError as error:
        yield Finding("completions", layout.COMPLETIONS, str(error))
    finally:
        cache.close()


def _privacy(folder: Path, skipped: dict[str, str]) -> Iterator[Finding]:
    try:
        places = find_places(folder)
    except (InputError, OSError, KeyError, pa.ArrowException) as error:
        skipped["privacy"] = f"a file cannot be read: {error}"
        return
    for place in places:
        yield Finding("privacy", f"{place.file}: {place.row}", f"{place.field}: {place.kind}")
