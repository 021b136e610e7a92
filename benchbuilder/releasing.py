"""From a run folder to a release, and the selection that a release's records give."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchbuilder.artifacts import COMPLETIONS, CONFIG, RunFolder
from benchbuilder.config import Config, load_config
from benchbuilder.curating import voters_of
from benchbuilder.errors import StaleArtifactError
from benchbuilder.observe import Silent
from benchbuilder.release.build import Source
from benchbuilder.release.layout import RECORDED
from benchbuilder.release.portable import read_config
from benchbuilder.sources.id_lists import read_id_lists
from benchbuilder.stages.sample import sample

_MADE_OF = ("conversations", "prompts", *[a.name for a in RECORDED if a.name != "pool"])


def source_of(folder: RunFolder, *, completions: bool) -> Source:
    """What a finished run gives a release.

    Needs neither the dump nor weights: an artifact must be whole, complete, and made from those
    that lie there now.

    Raises:
        StaleArtifactError: an artifact is missing, incomplete or older than what it was made from.
    """
    config = load_config(folder.path / CONFIG)
    entries = {name: _current(folder, name) for name in (*_MADE_OF, "questions")}
    made = entries["questions"]["made_from"]["settings"]
    if made != config.sample.decisive():
        raise _stale(folder, "questions were made with other settings than config.yaml has")
    tables = {name: folder.read(name) for name in entries if name != "conversations"}
    cache = folder.path / COMPLETIONS
    return Source(
        tables,
        config,
        {str(entry["stage"]): _of_stage(entry) for entry in entries.values()},
        cache if completions else None,
    )


def _current(folder: RunFolder, name: str) -> dict[str, Any]:
    entry = folder.entry(name)
    if entry is None:
        raise _stale(folder, f"{name} was never made")
    if not folder.intact(name, entry):
        raise _stale(folder, f"{name} is gone or was changed by hand")
    if entry["state"] != "complete":
        raise _stale(folder, f"{name} is incomplete")
    for source, digest in entry["made_from"]["inputs"].items():
        if (folder.entry(source) or {}).get("digest") != digest:
            raise _stale(folder, f"{name} is older than {source}")
    return entry


def _stale(folder: RunFolder, why: str) -> StaleArtifactError:
    return StaleArtifactError(
        f"{folder.path}: {why}; a release is made of a finished run",
        hint=f"benchbuilder curate --run {folder.path}",
    )


def _of_stage(entry: Mapping[str, Any]) -> dict[str, Any]:
    origin = entry["made_from"]
    return {
        "version": origin["version"],
        "identity": origin["identity"],
        "key": entry["key"],
        "libraries": entry["libraries"],
        "figures": entry["figures"],
    }


def reselect(folder: Path, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table] | str:
    """``selection``, ``topic_scores`` and ``questions`` by a release's settings from its records.

    Or, as a sentence, why that cannot be told from the folder alone.
    """
    config = read_config(folder)
    vectors = tables.get("embeddings")
    if _needs_vectors(config) and vectors is None:
        return "the settings compare vectors, which are not part of this release"
    settings = config.sample
    return sample(
        _prompts(tables["pool"], tables["questions"]),
        tables["clusters"],
        tables["topics"],
        tables["annotations"],
        vectors if _needs_vectors(config) else None,
        settings=settings,
        voters=voters_of(config),
        included=read_id_lists([Path(path) for path in settings.must_include]),
        vetoed=read_id_lists([Path(path) for path in settings.must_exclude]),
        observe=Silent(),
    )


def _needs_vectors(config: Config) -> bool:
    return config.sample.strategy == "diverse" or config.sample.max_similarity is not None


def _prompts(pool: pa.Table, questions: pa.Table) -> pa.Table:
    """The pool with the texts that are known: those of the questions."""
    asked = {row["question_id"]: row for row in questions.to_pylist()}
    ids = pool["prompt_id"].to_pylist()
    texts = [asked[i]["text"] if i in asked else "" for i in ids]
    systems = [asked[i]["system"] if i in asked else None for i in ids]
    return (
        pool.append_column("text", pa.array(texts, pa.string()))
        .append_column("system", pa.array(systems, pa.string()))
        .append_column("conversation_id", pool["prompt_id"])
    )
