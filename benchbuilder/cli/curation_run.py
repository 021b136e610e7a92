"""Carry out what ``curate`` or one of its stages was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from benchbuilder.cli.curation_options import StageName
from benchbuilder.cli.living import Living, fresh, going_on, show_fresh
from benchbuilder.cli.options import EngineName
from benchbuilder.cli.running import BELOW_THRESHOLD, SavesConfig, print_plan, run_config

if TYPE_CHECKING:
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.config import Config
    from benchbuilder.stage import Context, Stage


@dataclass(frozen=True)
class Asked:
    """The options of a command; a single stage is both ``first`` and ``last``."""

    run: Path
    dumps: tuple[Path, ...] = ()
    config: str | None = None
    set_: list[str] | None = None
    first: StageName | None = None
    last: StageName | None = None
    exclude: tuple[Path, ...] = ()
    release: Path | None = None
    living: Living | None = None
    html: Path | None = None
    offline: bool = False
    dry_run: bool = False
    max_cost_usd: float | None = None
    engine: EngineName = EngineName.LOCAL
    replace_questions: bool = False
    json: bool = False

    @property
    def samples(self) -> bool:
        """Whether questions are chosen in the end."""
        return self.last in (None, StageName.SAMPLE)


def carry_out(asked: Asked) -> None:
    """Run the stages that were asked for and are not current, and show what came out."""
    from benchbuilder.console import working
    from benchbuilder.pipeline import curation

    context = _context(asked)
    stages = curation(context)
    first = list(StageName).index(asked.first) if asked.first else 0
    last = list(StageName).index(asked.last) if asked.last else len(stages) - 1
    if first > last:
        raise typer.BadParameter(f"--until {asked.last} comes before --from {asked.first}")
    with working("looking what is current"):
        _demand_current(stages[:first], asked.run, context)
        stages = stages[first : last + 1]
        _demand_possible(stages, context)
    if asked.dry_run:
        print_plan(stages, context, asked.json)
        return
    with context.folder.lock():
        _work(asked, stages, context)
    if asked.release and asked.samples:
        _demand_same(asked.release, context.folder)


def _context(asked: Asked) -> Context:
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.stage import Context

    released = _of_release(asked) if asked.release else None  # a broken one makes no folder
    begins = bool(asked.dumps)
    folder = RunFolder(
        asked.run, create=begins and not asked.dry_run, may_lack=begins and asked.dry_run
    )
    config = released or run_config(asked.run, asked.config, asked.set_).excluding(asked.exclude)
    config = going_on(config, asked.living.since) if asked.living else config
    return Context(
        config, folder, dumps=asked.dumps, offline=asked.offline,
        max_cost_usd=asked.max_cost_usd, release=asked.release, dry_run=asked.dry_run,
        engine_name=asked.engine,
    )  # fmt: skip


def _work(asked: Asked, stages: list[Stage], context: Context) -> None:
    from benchbuilder.regenerating import import_calls

    if not asked.replace_questions:
        _spare_judged(stages, context.folder)
    if asked.release:
        import_calls(asked.release, context.folder)
    _run(asked, stages, context)
    if asked.html is not None:
        from benchbuilder.cli.curated import write_page

        write_page(context, asked.html)


def _of_release(asked: Asked) -> Config:
    from benchbuilder.release.portable import read_config
    from benchbuilder.release.verify import demand_intact

    assert asked.release is not None
    if asked.config or asked.exclude:
        raise typer.BadParameter("--from-release brings its own settings: no --config, --exclude")
    demand_intact(asked.release)
    return read_config(asked.release, asked.set_ or ())


def _demand_same(release: Path, folder: RunFolder) -> None:
    from benchbuilder.console import print_notes
    from benchbuilder.regenerating import gives_the_same
    from benchbuilder.release.layout import read_manifest

    digest = read_manifest(release)["digest"]
    if gives_the_same(folder, digest):
        print_notes([f"the questions have the digest of the release: {digest}"])
        return
    print_notes([f"the questions are not those of {release}; build a release of them and compare"])
    raise typer.Exit(BELOW_THRESHOLD)


def _demand_current(earlier: list[Stage], run: Path, context: Context) -> None:
    from benchbuilder.errors import StaleArtifactError
    from benchbuilder.planning import plan

    for planned in plan(earlier, context.folder):
        if not planned.current:
            raise StaleArtifactError(
                f"{planned.name} is not current: {planned.reasons[0]}",
                hint=f"benchbuilder curate {'DUMP ' * (planned.name == 'ingest')}--run {run}",
            )


def _demand_possible(stages: list[Stage], context: Context) -> None:
    """What a stage will miss is said before those ahead of it have worked for an hour."""
    from benchbuilder.curating import demand_models
    from benchbuilder.planning import plan

    runs = [planned.name for planned in plan(stages, context.folder) if not planned.current]
    for stage in stages[1:]:
        if stage.name in runs:
            stage.identity()
    if not context.dry_run:
        demand_models(context, runs)


def _spare_judged(stages: list[Stage], folder: RunFolder) -> None:
    """Questions that were paid for with answers and judgments are not replaced in passing.

    Raises:
        RunFolderError: these stages would make other questions.
    """
    from benchbuilder.errors import RunFolderError
    from benchbuilder.planning import plan

    artifacts = folder.manifest()["artifacts"]
    on_them = [
        name for name, made in artifacts.items() if "questions" in made["made_from"]["inputs"]
    ]
    kept = [name for name in on_them if name in ("answers", "judgments")]
    anew = any(p.name == StageName.SAMPLE and not p.current for p in plan(stages, folder))
    if kept and anew:
        raise RunFolderError(
            f"{folder.path} holds {' and '.join(kept)} on its questions, and this command would "
            "choose the questions anew",
            hint="curate into another folder with --run, or add --replace-questions: those of the "
            "old questions then count no more",
        )


def _run(asked: Asked, stages: list[Stage], context: Context) -> None:
    from benchbuilder.console import ProgressBars, output, print_json, print_notes
    from benchbuilder.runner import run
    from benchbuilder.views import curation as view

    with ProgressBars() as bars, SavesConfig(bars, context) as listener:
        result = run(stages, context.folder, listener)
    document: dict[str, Any] = view.document(result, context.folder)
    if asked.living and asked.samples and not result.halted:
        document["freshness"] = fresh(context.folder, asked.living)
    if asked.json:
        print_json(document)
    else:
        view.show(output(), result, context.folder)
        if "freshness" in document:
            show_fresh(document["freshness"], context.folder)
    print_notes([note for stage in result.stages for note in stage.notes])
    if result.halted:
        print_notes([result.halted])
        raise typer.Exit(BELOW_THRESHOLD)
