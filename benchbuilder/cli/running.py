"""What every command that works on a run folder needs: its config, its plan, its exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchbuilder.config import Config
    from benchbuilder.errors import StaleArtifactError
    from benchbuilder.observe import Observer
    from benchbuilder.runner import Listener, StageResult
    from benchbuilder.stage import Context, Stage

#: The exit code of a command that finished below a quality threshold.
BELOW_THRESHOLD = 3


def run_config(run: Path, config: str | None, set_: list[str] | None) -> Config:
    """The config that was asked for, else the run's own, else the default preset."""
    from benchbuilder.artifacts import CONFIG
    from benchbuilder.config import load_config

    own = run / CONFIG
    source = config or (own if own.is_file() else "default")
    return load_config(source, set_ or ())


def demand_run(run: Path, *, created: bool, command: str) -> None:
    """Say how to begin a run folder that a command would not begin by itself.

    Raises:
        RunFolderError: there is no such folder.
    """
    from benchbuilder.errors import RunFolderError

    if not created and not run.is_dir():
        raise RunFolderError(
            f"no run folder at {run}", hint=f"begin one: benchbuilder {command} --run {run}"
        )


def holds_judgments(folder: Path) -> bool:
    """Whether a folder has judgments as a file, be it a run folder or not."""
    return any((folder / f"judgments{suffix}").is_file() for suffix in (".parquet", ".jsonl"))


def no_judgments(run: Path) -> StaleArtifactError:
    """The error of a command that reads judgments where there are none, with the next command."""
    from benchbuilder.errors import StaleArtifactError

    return StaleArtifactError(
        f"{run} holds no judgments",
        hint="benchbuilder judge ANSWERS… --questions QUESTIONS --baseline MODEL --judge NAME "
        f"--run {run}",
    )


def save_config(context: Context) -> None:
    """Write the config into the run folder: the next command on it needs none."""
    import yaml

    from benchbuilder.artifacts import CONFIG
    from benchbuilder.config import dump_config, rooted

    text = yaml.safe_dump(dump_config(rooted(context.config)), sort_keys=False, allow_unicode=True)
    context.folder.write_text(CONFIG, text)


class SavesConfig:
    """A listener that writes the config down once a stage has worked with it, or none had to.

    A command that fails before leaves the settings of the run as they were.
    """

    def __init__(self, listener: Listener, context: Context) -> None:
        self._listener, self._context, self._saved = listener, context, False

    def __enter__(self) -> SavesConfig:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed is None:
            self._save()

    def started(self, stage: str) -> Observer:
        """See ``runner.Listener``."""
        return self._listener.started(stage)

    def finished(self, result: StageResult) -> None:
        """See ``runner.Listener``."""
        if result.state != "current":
            self._save()
        self._listener.finished(result)

    def _save(self) -> None:
        if not self._saved:
            save_config(self._context)
            self._saved = True


def print_plan(stages: list[Stage], context: Context, json: bool) -> None:
    """What would run, and why; and what it would ask of models: calls, tokens, dollars."""
    from dataclasses import asdict

    from benchbuilder.console import output, print_json, print_notes
    from benchbuilder.embedding import count_vectors
    from benchbuilder.planning import plan
    from benchbuilder.runner import rehearse
    from benchbuilder.views.spending import estimates_table, price_lines
    from benchbuilder.views.status import plan_table

    planned = plan(stages, context.folder)
    blind = list(rehearse(stages, context.folder))
    calls = [preflight.estimate() for preflight in context.preflights]
    if any(p.name == "embed" and not p.current for p in planned):
        vectors = count_vectors(context)
        calls = [vectors, *calls] if vectors else calls
        if vectors is None and context.config.embed.backend == "endpoint":
            blind.insert(0, "embed")
    notes = [f"what {name} will ask is not known before the stages above ran" for name in blind]
    if calls and context.config.annotate.cascade.enabled:
        notes.append("a cascade stops when enough is found: its calls are the most it may ask")
    namer = context.config.cluster.namer
    if namer is not None and any(p.name == "cluster" and not p.current for p in planned):
        notes.append(f"cluster asks {namer} once for each topic and area, however many it finds")
    if json:
        rows = [{"stage": p.name, "reasons": list(p.reasons)} for p in planned]
        print_json({"plan": rows, "calls": [asdict(each) for each in calls], "notes": notes})
    else:
        output().print(plan_table(planned))
        if calls:
            output().print(estimates_table(calls))
            for line in price_lines(calls):
                output().print(line)
    print_notes(notes)
