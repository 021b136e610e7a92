"""Plan stages, run those that are not current, and write down what they were made from.

A stage is current when its outputs are whole, complete and carry the key that its name, version,
settings, input digests and identity (templates, weights, dump) give today. Nothing else enters the
key: no path, no date, no time-out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, Protocol

import pyarrow as pa

from benchbuilder.artifacts import RunFolder, Written, value_digest
from benchbuilder.errors import StaleArtifactError
from benchbuilder.observe import Observer, Silent
from benchbuilder.schemas import ARTIFACTS


class Runnable(Protocol):
    """What the runner needs to know of a stage (see ``pipeline.Stage``)."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def inputs(self) -> tuple[str, ...]: ...
    @property
    def outputs(self) -> tuple[str, ...]: ...
    @property
    def streams(self) -> bool: ...
    @property
    def libraries(self) -> tuple[str, ...]: ...
    @property
    def function(self) -> Callable[..., Any]: ...

    def settings(self) -> dict[str, Any]:
        """The slice of the settings that decides the result."""

    def identity(self) -> dict[str, Any]:
        """What else decides it: digests of the dump, of weights, of templates."""

    def arguments(self, observe: Observer) -> dict[str, Any]:
        """The keyword arguments of the function; made only when the stage runs."""

    def failure_limit(self) -> float | None:
        """The share of rows without a result above which nothing follows."""


class Listener(Protocol):
    """Follows a run; the console is one."""

    def started(self, stage: str) -> Observer: ...
    def finished(self, result: StageResult) -> None: ...


@dataclass(frozen=True)
class Planned:
    """A stage before it runs: ``reasons`` is empty when it is current."""

    name: str
    reasons: tuple[str, ...]

    @property
    def current(self) -> bool:
        return not self.reasons


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


def plan(stages: Iterable[Runnable], folder: RunFolder) -> list[Planned]:
    """Which stages are current, and why the others are not. Runs nothing."""
    planned: list[Planned] = []
    renewed: set[str] = set()
    for stage in stages:
        touched = [name for name in stage.inputs if name in renewed]
        reasons = [f"{name} will be made anew" for name in touched] or _why_not(stage, folder)
        if reasons:
            renewed.update(stage.outputs)
        planned.append(Planned(stage.name, tuple(reasons)))
    return planned


def run(stages: Iterable[Runnable], folder: RunFolder, listener: Listener) -> RunResult:
    """Run what is not current, in order; the caller holds the folder's lock.

    Raises:
        StaleArtifactError: a stage needs an artifact that no earlier stage made.
    """
    results: list[StageResult] = []
    for stage in stages:
        if _why_not(stage, folder):
            result = _run_stage(stage, folder, listener)
        else:
            result = _recall(stage, folder)
        listener.finished(result)
        results.append(result)
        halted = _above_limit(stage, result)
        if halted:
            return RunResult(tuple(results), halted)
    return RunResult(tuple(results))


def failed_rows(stage: Runnable, statuses: dict[str, int]) -> int:
    """Rows that a rerun will ask for again."""
    final = frozenset[str]().union(*(ARTIFACTS[name].final for name in stage.outputs))
    return sum(count for status, count in statuses.items() if status not in final)


def _why_not(stage: Runnable, folder: RunFolder) -> list[str]:
    """The reasons why a stage is not current; empty when it is."""
    entries = {name: folder.entry(name) for name in stage.outputs}
    reasons: list[str] = []
    for name, entry in entries.items():
        if entry is None:
            reasons.append(f"{name} was never made")
        elif not folder.file(name).is_file():
            reasons.append(f"{name} is gone")
        elif not folder.intact(name, entry):
            reasons.append(f"{name} was changed by hand")
        elif entry["state"] != "complete":
            reasons.append(f"{name} is incomplete: rows without a result are asked for again")
    entry = entries[stage.outputs[0]]
    if reasons or entry is None:
        return reasons
    made_from, today = entry["made_from"], _made_from(stage, folder)
    return [
        _difference(part, made_from.get(part), today[part])
        for part in today
        if made_from.get(part) != today[part]
    ]


def _difference(part: str, before: Any, now: Any) -> str:
    if isinstance(before, dict) and isinstance(now, dict):
        changed = sorted(k for k in {*before, *now} if before.get(k) != now.get(k))
        return f"{part} changed: {', '.join(changed)}"
    return f"{part} changed: {before} to {now}"


def _made_from(stage: Runnable, folder: RunFolder) -> dict[str, Any]:
    """Everything that decides a stage's result; its digest is the key."""
    inputs = {}
    for name in stage.inputs:
        entry = folder.entry(name)
        if entry is None or not folder.file(name).is_file():
            raise StaleArtifactError(
                f"{stage.name} needs {folder.file(name)}, which is not there",
                hint=f"benchbuilder status {folder.path}",
            )
        inputs[name] = entry["digest"]
    return {
        "stage": stage.name,
        "version": stage.version,
        "settings": stage.settings(),
        "identity": stage.identity(),
        "inputs": inputs,
    }


def _run_stage(stage: Runnable, folder: RunFolder, listener: Listener) -> StageResult:
    start = time.monotonic()
    made_from = _made_from(stage, folder)
    observe = _Recorder(listener.started(stage.name))
    arguments = stage.arguments(observe)
    produced = stage.function(*_open_inputs(stage, folder), observe=observe, **arguments)
    parts = produced.items() if isinstance(produced, dict) else produced
    written = _write(stage, folder, parts)
    statuses: dict[str, int] = {}
    for item in written:
        statuses.update(item.statuses)
    state = "incomplete" if failed_rows(stage, statuses) else "complete"
    result = StageResult(
        stage.name,
        state,
        {item.artifact.name: item.rows for item in written},
        round(time.monotonic() - start, 3),
        statuses,
        tuple(observe.notes),
        observe.figures,
    )
    folder.install(written)
    _note_down(stage, folder, written, made_from, result)
    return result


def _open_inputs(stage: Runnable, folder: RunFolder) -> list[pa.Table | Iterator[pa.RecordBatch]]:
    """The first input of a row stage comes batch by batch, everything else as whole tables."""
    return [
        folder.batches(name) if stage.streams and place == 0 else folder.read(name)
        for place, name in enumerate(stage.inputs)
    ]


def _write(
    stage: Runnable, folder: RunFolder, parts: Iterable[tuple[str, pa.Table | pa.RecordBatch]]
) -> list[Written]:
    writers = {name: folder.writer(ARTIFACTS[name]) for name in stage.outputs}
    try:
        for name, part in parts:
            writers[name].add(part)
        return [writer.finish() for writer in writers.values()]
    except BaseException:
        for writer in writers.values():
            writer.abandon()
        raise


def _note_down(
    stage: Runnable,
    folder: RunFolder,
    written: list[Written],
    made_from: dict[str, Any],
    result: StageResult,
) -> None:
    """The manifest comes last: until it is there, the new files count as changed by hand."""
    manifest = folder.manifest()
    for item in written:
        manifest["artifacts"][item.artifact.name] = {
            "stage": stage.name,
            "key": value_digest(made_from),
            "made_from": made_from,
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
        {key: n for entry in entries.values() for key, n in entry["statuses"].items()},
        tuple(first["notes"]),
        first["figures"],
    )


def _above_limit(stage: Runnable, result: StageResult) -> str | None:
    limit, total = stage.failure_limit(), sum(result.statuses.values())
    failed = failed_rows(stage, result.statuses)
    if limit is None or not total or failed / total <= limit:
        return None
    return (
        f"{stage.name}: {failed} of {total} rows have no result, more than the {limit:.1%} that "
        f"max_failure_rate allows; run the same command again to ask for those rows only"
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
