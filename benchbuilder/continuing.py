"""Topics that go on: read from an earlier run or release, for the clustering of today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchbuilder.artifacts import MANIFEST, RunFolder
from benchbuilder.clustering.earlier import EarlierTopics
from benchbuilder.digests import file_digest
from benchbuilder.embedding import identify_encoder
from benchbuilder.errors import InputError
from benchbuilder.observe import Observer
from benchbuilder.release import layout
from benchbuilder.stage import (
    Arguments,
    Context,
    Identity,
    identify_model,
    model_client,
    read_template,
)

#: What must be the same in two encoders for their vectors to have one meaning.
_DECIDES_MEANING = ("backend", "model", "digest", "dimensions")
_NEEDED = ("centroids", "clusters")


def given_to_cluster(context: Context, observe: Observer) -> Arguments:
    """The model that names topics, and the topics of an earlier run.

    Raises:
        InputError: there is no such run or release, or it has no centroids.
    """
    settings = context.config.cluster
    given: Arguments = {}
    if settings.namer is not None:
        given["complete"] = model_client(context, settings.namer, observe, stage="cluster")
        given["template"] = read_template(settings.template)
    if settings.since is not None:
        earlier = _read(context, Path(settings.since))
        if not earlier.comparable:
            observe.note(
                f"the vectors of {settings.since} come from another encoder than today's: topics "
                "are found anew, and those that share enough prompts keep their names"
            )
        given["earlier"] = earlier
    return given


def identify_cluster(context: Context) -> Identity:
    """What decides the topics beside settings and vectors: the namer, and the earlier topics.

    Where the earlier run is gone, what was read of it stands.
    """
    settings = context.config.cluster
    identity: Identity = {}
    if settings.namer is not None:
        identity = identify_model(context, settings.namer, settings.template)
    if settings.since is not None:
        before = context.folder.entry("clusters") or {}
        known = before.get("made_from", {}).get("identity", {}).get("since")
        there = Path(settings.since).exists()
        identity["since"] = known if known and not there else _digests(Path(settings.since))
    return identity


def _files(since: Path) -> dict[str, Path]:
    """The tables of an earlier run or release.

    Raises:
        InputError: it is neither, or a table is not there.
    """
    if (since / layout.MANIFEST).is_file():
        files = {name: since / layout.table_path(name) for name in _NEEDED}
        again = "build the release again from its run"
    elif (since / MANIFEST).is_file():
        files = {name: RunFolder(since).file(name) for name in _NEEDED}
        again = f"benchbuilder cluster --run {since}"
    else:
        raise InputError(
            "neither a run folder nor a release, and cluster.since names it",
            file=since,
            hint="name a folder with manifest.json or release.json, or --set cluster.since=null",
        )
    for path in files.values():
        if not path.is_file():
            raise InputError("not there, and cluster.since needs it", file=path, hint=again)
    return files


def _digests(since: Path) -> list[str]:
    return [file_digest(path) for path in _files(since).values()]


def _read(context: Context, since: Path) -> EarlierTopics:
    _files(since)
    released = (since / layout.MANIFEST).is_file()
    folder = None if released else RunFolder(since)
    tables = {
        name: folder.read(name) if folder else layout.read_table(since, name) for name in _NEEDED
    }
    if folder:
        entry = folder.entry("embeddings") or {}
        identity: dict[str, Any] = entry.get("made_from", {}).get("identity", {})
    else:
        identity = layout.read_manifest(since)["stages"].get("embed", {}).get("identity", {})
    today = identify_encoder(context.config)
    return EarlierTopics(
        tables["centroids"], tables["clusters"], _comparable(identity.get("encoder"), today)
    )


def _comparable(before: dict[str, Any] | None, today: dict[str, Any]) -> bool:
    """tfidf is fitted to its corpus anew each time: two of its spaces have nothing in common."""
    if before is None or "tfidf" in (before.get("backend"), today.get("backend")):
        return False
    return all(before.get(key) == today.get(key) for key in _DECIDES_MEANING)
