"""Which stages are current, and why the others are not. Runs nothing.

A stage is current when its outputs are whole, complete and carry the key that its name, version,
settings, input digests and identity (templates, weights, dump) give today. Nothing else enters the
key: no path, no date, no time-out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from benchbuilder.artifacts import RunFolder
from benchbuilder.errors import BenchBuilderError, StaleArtifactError
from benchbuilder.observe import Observer


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
    def rehearsed(self) -> bool: ...
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

    @property
    def remedy(self) -> str:
        """What to do about rows without a result."""

    def failure_limit(self) -> float | None:
        """The share of rows without a result above which nothing follows."""


@dataclass(frozen=True)
class Planned:
    """A stage before it runs: ``reasons`` is empty when it is current."""

    name: str
    reasons: tuple[str, ...]

    @property
    def current(self) -> bool:
        return not self.reasons


def plan(stages: Iterable[Runnable], folder: RunFolder) -> list[Planned]:
    """Every stage in order; what follows a stage that runs will be made anew, too."""
    planned: list[Planned] = []
    renewed: set[str] = set()
    for stage in stages:
        touched = [name for name in stage.inputs if name in renewed]
        reasons = [f"{name} will be made anew" for name in touched] or _why_not_said(stage, folder)
        if reasons:
            renewed.update(stage.outputs)
        planned.append(Planned(stage.name, tuple(reasons)))
    return planned


def _why_not_said(stage: Runnable, folder: RunFolder) -> list[str]:
    """The reasons, also where an input is missing or no longer what its maker wrote."""
    try:
        return why_not(stage, folder)
    except BenchBuilderError as error:  # a list or a head is gone: the stage cannot be current
        return [str(error)]


def why_not(stage: Runnable, folder: RunFolder) -> list[str]:
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
    before, today = entry["made_from"], made_from(stage, folder)
    return [
        _difference(part, before.get(part), today[part])
        for part in today
        if before.get(part) != today[part]
    ]


def _difference(part: str, before: Any, now: Any) -> str:
    if isinstance(before, dict) and isinstance(now, dict):
        return f"{part} changed: {', '.join(_changed(before, now))}"
    return f"{part} changed: {before} to {now}"


def _changed(before: dict[str, Any], now: dict[str, Any], above: str = "") -> Iterator[str]:
    """The keys of two nested mappings under which they differ, absent ones too."""
    for key in sorted({*before, *now}):
        old, new = before.get(key), now.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _changed(old, new, f"{above}{key}.")
        elif old != new or (key in before) != (key in now):
            yield above + key


def outdated(folder: RunFolder) -> dict[str, list[str]]:
    """Artifacts that were made from others than those that lie beside them, and which others.

    A run that was stopped half-way leaves such a folder: the new questions beside the judgments of
    the old ones.
    """
    artifacts = folder.manifest()["artifacts"]
    found = {
        name: [
            other
            for other, digest in entry["made_from"]["inputs"].items()
            if other in artifacts and artifacts[other]["digest"] != digest
        ]
        for name, entry in artifacts.items()
    }
    return {name: others for name, others in found.items() if others}


def made_from(stage: Runnable, folder: RunFolder) -> dict[str, Any]:
    """Everything that decides a stage's result; its digest is the key."""
    inputs = {}
    for name in stage.inputs:
        entry = folder.entry(name)
        if entry is None or not folder.file(name).is_file():
            raise StaleArtifactError(
                f"{stage.name} needs {folder.file(name)}, which is not there",
                hint=f"benchbuilder status {folder.path}",
            )
        if not folder.intact(name, entry):
            raise StaleArtifactError(
                f"{stage.name} reads {folder.file(name)}, which was changed by hand",
                hint=f"run again the command that made it, `{entry['stage']}`; see "
                f"benchbuilder status {folder.path}",
            )
        inputs[name] = entry["digest"]
    return {
        "stage": stage.name,
        "version": stage.version,
        "settings": stage.settings(),
        "identity": stage.identity(),
        "inputs": inputs,
    }
