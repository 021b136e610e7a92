"""``release build``: the tables and settings of a run as a release folder."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from benchbuilder import __version__
from benchbuilder.config import Config
from benchbuilder.digests import file_digest
from benchbuilder.errors import InputError
from benchbuilder.llm.cache import Call, CompletionCache
from benchbuilder.llm.recordings import export_completions
from benchbuilder.release import layout
from benchbuilder.release.canonical import canonical_digest, write_canonical
from benchbuilder.release.card import Statement, card
from benchbuilder.release.portable import annotators_of, write_config
from benchbuilder.release.second_pass import PrivateTextFound, find_places
from benchbuilder.schemas import CRITERIA, FINAL_STATUSES, QUESTIONS
from benchbuilder.writing import conform

_STAGES = ("ingest", "embed", "cluster", "annotate", "sample")
_FIGURES = ("waterfall", "threshold", "selected", "reasons", "statuses", "contaminated", "cost_usd")


@dataclass(frozen=True)
class Source:
    """What a release is made of: tables by name, settings, and what the run's manifest says of
    each stage (``version``, ``identity``, ``key``, ``libraries``, ``figures``)."""

    tables: Mapping[str, pa.Table]
    config: Config
    stages: Mapping[str, Mapping[str, Any]]
    completions: Path | None = None  # the completion cache of the run


@dataclass(frozen=True)
class Naming:
    """How a release is called, and what its owner states."""

    name: str
    version: str
    statement: Statement = field(default_factory=Statement)

    @property
    def folder(self) -> str:
        return f"{self.name}-{self.version}"


def build_release(source: Source, naming: Naming, folder: Path, *, embeddings: bool) -> str:
    """Write a release into a folder that is empty or not there; the digest of the release.

    The folder appears whole or not at all. ``embeddings``: whether the vectors go with it.

    Raises:
        PrivateTextFound: the second privacy pass is not clean.
        InputError: a file that the settings name is missing, or the run chose no question.
    """
    if not source.tables["questions"].num_rows:
        raise InputError("the run has no questions to release", hint="lower sample.min_score")
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "recorded").mkdir(parents=True)
    try:
        digest = _write(source, naming, partial, embeddings)
        places = find_places(partial)
        if places:
            raise PrivateTextFound(places)
        layout.write_checksums(partial)
        partial.replace(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return digest


def _write(source: Source, naming: Naming, folder: Path, embeddings: bool) -> str:
    names = [name for name in layout.TABLES if embeddings or name != "embeddings"]
    tables = {name: _release_table(source.tables, name) for name in names}
    for name, table in tables.items():
        _write_parquet(table, folder / layout.table_path(name))
    write_canonical(tables["questions"], QUESTIONS, folder / layout.CANONICAL)
    digest = file_digest(folder / layout.CANONICAL)
    identities = {name: source.stages[name]["identity"] for name in ("embed", "annotate")}
    settings = write_config(source.config, tables["selection"], identities, folder)
    calls = _write_completions(source, folder)
    manifest = {
        "format": layout.FORMAT,
        "name": naming.name,
        "version": naming.version,
        "digest": digest,
        "benchbuilder": __version__,
        "licence": naming.statement.licence,
        "counts": counts(tables, calls),
        "tables": {name: _described(name, table) for name, table in tables.items()},
        "stages": {name: _stage(source.stages[name]) for name in _STAGES},
        "cost_usd": _cost(tables["annotations"]),
    }
    text = orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    (folder / layout.MANIFEST).write_bytes(text + b"\n")
    (folder / layout.CARD).write_text(
        card(manifest, settings, tables, naming.statement), encoding="utf-8", newline="\n"
    )
    return digest


def counts(tables: Mapping[str, pa.Table], calls: int | None) -> dict[str, Any]:
    """How many of what: prompts, questions, topics, by language, by score, by criterion."""
    questions = tables["questions"]
    ids = set(questions["question_id"].to_pylist())
    met: Counter[str] = Counter()
    for row in tables["annotations"].to_pylist():
        if row["prompt_id"] in ids:
            met.update(criterion for criterion in CRITERIA if row[criterion])
    return {
        "prompts": tables["pool"].num_rows,
        "questions": questions.num_rows,
        "topics": tables["topics"].num_rows,
        "topics_with_questions": len(set(questions["topic"].to_pylist())),
        "languages": _counted(questions["language"]),
        "scores": _counted(questions["quality_score"]),
        "criteria": {name: met[name] for name in CRITERIA},
        "completions": calls,
    }


def _counted(column: pa.ChunkedArray) -> dict[str, int]:
    found = Counter("none" if value is None else str(value) for value in column.to_pylist())
    return dict(sorted(found.items()))


def _release_table(tables: Mapping[str, pa.Table], name: str) -> pa.Table:
    artifact = layout.TABLES[name]
    table = tables["prompts"].select(artifact.schema.names) if name == "pool" else tables[name]
    return conform(table, artifact).sort_by([(key, "ascending") for key in artifact.key])


def _write_parquet(table: pa.Table, path: Path) -> None:
    pq.write_table(table.combine_chunks(), path, compression="zstd", store_schema=True)


def _described(name: str, table: pa.Table) -> dict[str, Any]:
    """Vectors have no canonical digest: their last bits differ from processor to processor."""
    if name in ("embeddings", "centroids"):
        return {"rows": table.num_rows}
    return {"rows": table.num_rows, "digest": canonical_digest(table, layout.TABLES[name])}


def _stage(entry: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: entry[name] for name in ("version", "key", "libraries")}
    identity = dict(entry["identity"])
    encoder = identity.get("encoder")
    if encoder and Path(str(encoder.get("model", ""))).is_absolute():
        identity["encoder"] = {**encoder, "model": Path(encoder["model"]).name}
    figures = {name: entry["figures"][name] for name in _FIGURES if name in entry["figures"]}
    return {**kept, "identity": identity, "figures": figures}


def _cost(annotations: pa.Table) -> float | None:
    """What the annotations cost in dollars; None where that is not known of all of them."""
    asked = [r for r in annotations.to_pylist() if r["status"] != "not_asked"]
    costs = [row["cost_usd"] for row in asked]
    return None if None in costs else round(sum(costs), 6)


def _write_completions(source: Source, folder: Path) -> int | None:
    """The calls of the annotators, without those that came to nothing.

    A model that annotates may judge in the same run, too: calls of another stage stay out.
    """
    if source.completions is None or not source.completions.is_file():
        return None
    annotators = set(annotators_of(source.config))

    def wanted(call: Call) -> bool:
        annotates = call.model in annotators and call.stage in (None, "annotate")
        return annotates and (call.status in FINAL_STATUSES or bool(call.text))

    with closing(CompletionCache(source.completions)) as cache:
        return export_completions(cache, folder / layout.COMPLETIONS, wanted=wanted)
