"""Run the stages that are not current, and write down what they were made from."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, Protocol

import pyarrow as pa

from benchbuilder.artifacts import RunFolder
from benchbuilder.digests import value_digest
from benchbuilder.observe import Observer, Silent
from benchbuilder.planning import Runnable, made_from, why_not
from benchbuilder.schemas import ARTIFACTS
from benchbuilder.writing import Written, conform


class Listener(Protocol):
    """Follows a run; the console is one."""

    def started(self, stage: str) -> Observer: ...
    def finished(self, result: StageResult) -> None: ...


@dataclass(frozen=True)
class StageResult:
    """A stage after its turn."""

    name: str
    state: str  # current, complete, incomplete
    rows: dict[str, int]
    seconds: float
    statuses: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RunResult:
    """All stages that had their turn; ``halted`` says why what follows did not start."""

    stages: tuple[StageResult, ...]
    halted: str | None = None

    def stage(self, name: str) -> StageResult:
        return next(result for result in self.stages if result.name == name)


def run(stages: Iterable[Runnable], folder: RunFolder, listener: Listener) -> RunResult:
    """Run what is not current, in order; the caller holds the folder's lock.

    Raises:
        StaleArtifactError: a stage needs an artifact that no earlier stage made.
    """
    results: list[StageResult] = []
    for stage in stages:
        if why_not(stage, folder):
            result = _run_stage(stage, folder, listener)
        else:
            result = _recall(stage, folder)
        listener.finished(result)
        results.append(result)
        halted = _above_limit(stage, result)
        if halted:
            return RunResult(tuple(results), halted)
    return RunResult(tuple(results))


def rehearse(stages: Iterable[Runnable], folder: RunFolder) -> tuple[str, ...]:
    """Go through the stages that a dry run rehearses, write nothing, and forget their tables.

    The answer names those that cannot be rehearsed yet, because what they read is not there.
    """
    made: dict[str, pa.Table] = {}
    blind: list[str] = []
    for stage in stages:
        touched = any(name in made for name in stage.inputs)
        if not stage.rehearsed or not (touched or why_not(stage, folder)):
            continue
        if not all(name in made or folder.file(name).is_file() for name in stage.inputs):
            blind.append(stage.name)
            continue
        inputs: list[Any] = [made[n] if n in made else folder.read(n) for n in stage.inputs]
        if stage.streams:
            inputs[0] = iter(inputs[0].to_batches())
        observe = Silent()
        produced = stage.function(*inputs, observe=observe, **stage.arguments(observe))
        parts: dict[str, list[pa.Table]] = {name: [] for name in stage.outputs}
        for name, part in produced.items() if isinstance(produced, dict) else produced:
            parts[name].append(conform(part, ARTIFACTS[name]))
        made |= {name: pa.concat_tables(found) for name, found in parts.items() if found}
    return tuple(blind)


def amend(folder: RunFolder, name: str, table: pa.Table) -> None:
    """Replace an artifact by another reading of the same: what it was made from stays.

    The caller holds the folder's lock.
    """
    manifest = folder.manifest()
    entry = manifest["artifacts"][name]
    (written,) = _write([name], folder, [(name, table)])
    folder.install([written])
    entry |= {
        "digest": written.digest,
        "rows": written.rows,
        "statuses": written.statuses,
        "state": _state([name], written.statuses),
        "seen": folder.seen(name),
    }
    folder.write_manifest(manifest)


def _failed_rows(outputs: Iterable[str], statuses: dict[str, int]) -> int:
    """Rows that a rerun will ask for again."""
    final = frozenset[str]().union(*(ARTIFACTS[name].final for name in outputs))
    return sum(count for status, count in statuses.items() if status not in final)


def _state(outputs: Iterable[str], statuses: dict[str, int]) -> str:
    return "incomplete" if _failed_rows(outputs, statuses) else "complete"


def _sum_of(statuses: Iterable[dict[str, int]]) -> dict[str, int]:
    """One count per status over all artifacts of a stage."""
    return dict(sum(map(Counter, statuses), Counter[str]()))


def _run_stage(stage: Runnable, folder: RunFolder, listener: Listener) -> StageResult:
    start = time.monotonic()
    origin = made_from(stage, folder)
    observe = _Recorder(listener.started(stage.name))
    arguments = stage.arguments(observe)
    produced = stage.function(*_open_inputs(stage, folder), observe=observe, **arguments)
    parts = produced.items() if isinstance(produced, dict) else produced
    written = _write(stage.outputs, folder, parts)
    statuses = _sum_of(item.statuses for item in written)
    result = StageResult(
        stage.name,
        _state(stage.outputs, statuses),
        {item.artifact.name: item.rows for item in written},
        round(time.monotonic() - start, 3),
        statuses,
        tuple(observe.notes),
        observe.figures,
    )
    folder.install(written)
    _note_down(stage, folder, written, origin, result)
    return result


def _open_inputs(stage: Runnable, folder: RunFolder) -> list[pa.Table | Iterator[pa.RecordBatch]]:
    """The first input of a row stage comes batch by batch, everything else as whole tables."""
    return [
        folder.batches(name) if stage.streams and place == 0 else folder.read(name)
        for place, name in enumerate(stage.inputs)
    ]


def _write(
    outputs: Iterable[str],
    folder: RunFolder,
    parts: Iterable[tuple[str, pa.Table | pa.RecordBatch]],
) -> list[Written]:
    writers = {name: folder.writer(ARTIFACTS[name]) for name in outputs}
    try:
        for name, part in parts:
            writers[name].add(part)
        return [writer.finish() for writer in writers.values()]
    except BaseException:  # whatever ends the run, Ctrl-C too, leaves no half file
        for writer in writers.values():
            writer.abandon()
        raise


def _note_down(
    stage: Runnable,
    folder: RunFolder,
    written: list[Written],
    origin: dict[str, Any],
    result: StageResult,
) -> None:
    """The manifest comes last: until it is there, the new files count as changed by hand."""
    manifest = folder.manifest()
    for item in written:
        manifest["artifacts"][item.artifact.name] = {
            "stage": stage.name,
            "key": value_digest(origin),
            "made_from": origin,
            "digest": item.digest,
            "rows": item.rows,
            "state": result.state,
            "statuses": item.statuses,
            "seconds": result.seconds,
            "notes": list(result.notes),
            "figures": result.figures,
            "libraries": _versions(stage.libraries),
            "seen": folder.seen(item.artifact.name),
        }
    folder.write_manifest(manifest)


def _recall(stage: Runnable, folder: RunFolder) -> StageResult:
    entries = {name: folder.entry(name) or {} for name in stage.outputs}
    first = entries[stage.outputs[0]]
    return StageResult(
        stage.name,
        "current",
        {name: entry["rows"] for name, entry in entries.items()},
        0.0,
        _sum_of(entry["statuses"] for entry in entries.values()),
        tuple(first["notes"]),
        first["figures"],
    )


def _above_limit(stage: Runnable, result: StageResult) -> str | None:
    asked = {status: n for status, n in result.statuses.items() if status != "not_asked"}
    limit, total = stage.failure_limit(), sum(asked.values())
    failed = _failed_rows(stage.outputs, result.statuses)
    if limit is None or not total or failed / total <= limit:
        return None
    return (
        f"{stage.name}: {failed} of {total} rows have no result, more than the {limit:.1%} that "
        f"max_failure_rate allows; {stage.remedy}"
    )


def _versions(libraries: Iterable[str]) -> dict[str, str]:
    found = {}
    for name in ("benchbuilder", "pyarrow", *libraries):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


class _Recorder(Silent):
    """Keeps what the manifest needs and passes everything on."""

    def __init__(self, listener: Observer) -> None:
        super().__init__()
        self._listener = listener

    def progress(self, done: int, total: int | None = None) -> None:
        self._listener.progress(done, total)

    def note(self, sentence: str) -> None:
        super().note(sentence)
        self._listener.note(sentence)

    def figure(self, name: str, value: Any) -> None:
        super().figure(name, value)
        self._listener.figure(name, value)
