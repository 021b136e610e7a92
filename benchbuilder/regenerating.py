"""Making a release again: what cannot be computed twice to the last bit is taken from it.

Vectors differ in their last bits from processor to processor, and topics with them, so both are
taken from the release by prompt id. What is left is computed: prompts from the dump, annotations
from vectors or recorded calls, the selection from all of these.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchbuilder import __version__
from benchbuilder.artifacts import COMPLETIONS, RunFolder
from benchbuilder.digests import file_digest
from benchbuilder.errors import InputError, StaleArtifactError
from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.recordings import import_completions
from benchbuilder.observe import Observer
from benchbuilder.release import layout
from benchbuilder.release.canonical import canonical_digest
from benchbuilder.schemas import QUESTIONS
from benchbuilder.stage import Arguments, Context, Identity, Stage

_AGAIN = "give the files that the release was made of, or curate without --from-release"

#: The stages whose results are taken from a release, and the tables of each.
_TAKEN = {"embed": ("embeddings",), "cluster": ("clusters", "topics", "centroids")}


class OtherDump(InputError):
    """A release cannot be made again from this dump: other files, and other prompts in them."""


def import_calls(source: Path, folder: RunFolder) -> int:
    """Add the recorded calls of a release, or of a file of them, to a run; how many were new.

    Raises:
        InputError: a call was edited.
    """
    path = source if source.is_file() else source / layout.COMPLETIONS
    if not path.is_file():
        return 0
    cache = CompletionCache(folder.path / COMPLETIONS)
    try:
        return import_completions(cache, path)
    finally:
        cache.close()


def gives_the_same(folder: RunFolder, digest: str) -> bool:
    """Whether the questions of a run have the digest of a release."""
    return canonical_digest(folder.read("questions"), QUESTIONS) == digest


def with_records(stages: Sequence[Stage], context: Context) -> list[Stage]:
    """The stages of a curation, with those replaced whose results come from a release.

    A run that began from a release stays one: without ``context.release`` its stages count as
    current while they are whole and their settings are the same.
    """
    return [_recorded(stage, context) if stage.name in _TAKEN else stage for stage in stages]


def _recorded(stage: Stage, context: Context) -> Stage:
    names = _TAKEN[stage.name]
    if context.release is None:
        entry = context.folder.entry(names[0])
        before = entry["made_from"] if entry else {}
        if "release" not in before.get("identity", ()) or before["settings"] != stage.settings():
            return stage
        identity: Identity = before["identity"]
    else:
        paths = [context.release / layout.table_path(name) for name in names]
        if not all(path.is_file() for path in paths):
            return stage  # a release without vectors: they are computed
        identity = {"release": [file_digest(path) for path in paths]}
    return replace(
        stage,
        function=partial(_take, names=names),
        given=_open,
        identify=lambda context: identity,
        streams=False,
        libraries=(),
    )


def _open(context: Context, observe: Observer) -> Arguments:
    del observe
    if context.release is None:
        raise StaleArtifactError(
            f"{context.folder.path} was made from a release, and a part of it is missing",
            hint=f"benchbuilder curate --from-release RELEASE --run {context.folder.path}",
        )
    entry = context.folder.entry("conversations") or {}
    files = entry.get("made_from", {}).get("identity")
    return {"release": context.release, "files": files}


def _take(
    prompts: pa.Table,
    *_: pa.Table,
    names: Sequence[str],
    release: Path,
    files: Identity | None,
    settings: Any,
    observe: Observer,
) -> dict[str, pa.Table]:
    """The tables of a release, those of prompts in the order of the prompts.

    ``files``: what the prompts were read from, as the manifest of the run says it.

    Raises:
        OtherDump: the prompts are not those of the release, nor are the files.
        InputError: the files are those of the release, and the prompts are not.
    """
    del settings, observe
    tables = {name: layout.read_table(release, name) for name in names}
    ids = prompts["prompt_id"].to_pylist()
    for name in names:
        if layout.TABLES[name].key == ("prompt_id",):
            place = {key: row for row, key in enumerate(tables[name]["prompt_id"].to_pylist())}
            _demand_same(ids, place, release, files)
            tables[name] = tables[name].take([place[i] for i in ids])
    return tables


def _demand_same(
    ids: Sequence[str], released: Collection[str], release: Path, files: Identity | None
) -> None:
    here = set(ids)
    new, lost = [i for i in ids if i not in released], [i for i in released if i not in here]
    if not new and not lost:
        return
    told = (
        f"{len(new)} of its prompts are not in it, and {len(lost)} of the release are not in the "
        f"dump (first: {(new or sorted(lost))[0]})"
    )
    manifest = layout.read_manifest(release)
    if files is None or _sorted(files) != _sorted(manifest["stages"]["ingest"]["identity"]):
        raise OtherDump(f"the dump is not the one of the release: {told}", hint=_AGAIN)
    raise InputError(
        f"the dump has the files of the release and gives other prompts today: {told}",
        hint=f"the release was made with version {manifest['benchbuilder']}, this is {__version__}",
    )


def _sorted(files: Identity) -> dict[str, list[str]]:
    """Digests by what they are of; the order of files is that of their names."""
    return {what: sorted(digests) for what, digests in files.items()}
