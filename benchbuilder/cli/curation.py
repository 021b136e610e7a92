"""``curate`` and its single stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from benchbuilder.cli import options
from benchbuilder.cli.curation_options import (
    ConversationColumn,
    Dumps,
    Exclude,
    Format,
    From,
    FromRelease,
    Html,
    IdColumn,
    ReplaceQuestions,
    StageName,
    TextColumn,
    Until,
)
from benchbuilder.cli.living import (
    Freshness,
    Judged,
    Living,
    Since,
    fresh,
    going_on,
    show_fresh,
)
from benchbuilder.cli.running import BELOW_THRESHOLD, SavesConfig, print_plan, run_config

if TYPE_CHECKING:
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.config import Config
    from benchbuilder.stage import Context, Stage


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(curate)
    for name, text in _SINGLE.items():
        app.command(name=name, help=text)(_single(StageName(name)))


def curate(
    run: options.Run,
    dumps: Dumps = None,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    from_: From = None,
    until: Until = None,
    exclude: Exclude = None,
    from_release: FromRelease = None,
    format_: Format = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    conversation_column: ConversationColumn = None,
    html: Html = None,
    offline: options.Offline = False,
    dry_run: options.DryRun = False,
    max_cost_usd: options.MaxCost = None,
    engine: options.Engine = options.EngineName.LOCAL,
    replace_questions: ReplaceQuestions = False,
    since: Since = None,
    judged: Judged = None,
    freshness: Freshness = None,
    json: options.Json = False,
) -> None:
    """Curate a prompt dump: ingest, embed, cluster, annotate, sample.

    Stages that are current are skipped; a run that was stopped goes on where it was.

    Example: `benchbuilder curate chats.jsonl --run runs/june --html reports/june.html`
    """
    if (judged or freshness) and not since:
        raise typer.BadParameter("--judged and --freshness come with --since")
    if html and until not in (None, StageName.SAMPLE):
        raise typer.BadParameter("--html shows the whole curation: leave out --until")
    read_as = _read_as(set_, format_, text_column, id_column, conversation_column)
    _curate(
        tuple(dumps or ()), run, config, read_as, from_, until, offline, dry_run, max_cost_usd,
        json, exclude or (), from_release, html, engine, replace_questions,
        Living(since, judged, freshness) if since else None,
    )  # fmt: skip


_SINGLE = {
    "ingest": "Read a dump into conversations, prompts and rejects.\n\n"
    "Example: `benchbuilder ingest chats.jsonl --run runs/june`",
    "embed": "Turn prompts into vectors.\n\nExample: `benchbuilder embed --run runs/june`",
    "cluster": "Group prompts into topics.\n\nExample: `benchbuilder cluster --run runs/june`",
    "annotate": "Score prompts against the seven criteria.\n\n"
    "Example: `benchbuilder annotate --run runs/june --set annotate.annotator=openai`",
    "sample": "Choose the questions of the benchmark.\n\n"
    "Example: `benchbuilder sample --run runs/june --set sample.per_cluster=3`",
}


def _single(stage: StageName) -> Callable[..., None]:
    """The command of one stage; only ``ingest`` takes a dump and ``sample`` other benchmarks."""

    def command(
        run: options.Run,
        config: options.ConfigFile = None,
        set_: options.Set = None,
        offline: options.Offline = False,
        dry_run: options.DryRun = False,
        max_cost_usd: options.MaxCost = None,
        engine: options.Engine = options.EngineName.LOCAL,
        json: options.Json = False,
    ) -> None:
        _curate(
            (), run, config, set_, stage, stage, offline, dry_run, max_cost_usd, json,
            engine=engine,
        )  # fmt: skip

    def reading(
        run: options.Run,
        dumps: Dumps = None,
        config: options.ConfigFile = None,
        set_: options.Set = None,
        format_: Format = None,
        text_column: TextColumn = None,
        id_column: IdColumn = None,
        conversation_column: ConversationColumn = None,
        dry_run: options.DryRun = False,
        engine: options.Engine = options.EngineName.LOCAL,
        json: options.Json = False,
    ) -> None:
        read_as = _read_as(set_, format_, text_column, id_column, conversation_column)
        _curate(
            tuple(dumps or ()), run, config, read_as, stage, stage, True, dry_run, None, json,
            engine=engine,
        )  # fmt: skip

    def sampling(
        run: options.Run,
        config: options.ConfigFile = None,
        set_: options.Set = None,
        exclude: Exclude = None,
        html: Html = None,
        replace_questions: ReplaceQuestions = False,
        dry_run: options.DryRun = False,
        json: options.Json = False,
    ) -> None:
        _curate(
            (), run, config, set_, stage, stage, True, dry_run, None, json, exclude or (),
            html=html, replace_questions=replace_questions,
        )  # fmt: skip

    if stage is StageName.SAMPLE:
        return sampling
    return reading if stage is StageName.INGEST else command


def _read_as(
    set_: list[str] | None,
    format_: str | None,
    text_column: str | None,
    id_column: str | None,
    conversation_column: str | None,
) -> list[str]:
    """The options of reading as settings, before those of ``--set``."""
    named = {
        "format": format_,
        "text_column": text_column,
        "id_column": id_column,
        "conversation_column": conversation_column,
    }
    given = [options.setting(f"ingest.{k}", v) for k, v in named.items() if v is not None]
    return [*given, *(set_ or ())]


def _curate(
    dumps: tuple[Path, ...],
    run: Path,
    config: str | None,
    set_: list[str] | None,
    from_: StageName | None,
    until: StageName | None,
    offline: bool,
    dry_run: bool,
    max_cost_usd: float | None,
    json: bool,
    exclude: Sequence[Path] = (),
    release: Path | None = None,
    html: Path | None = None,
    engine: options.EngineName = options.EngineName.LOCAL,
    replace_questions: bool = False,
    living: Living | None = None,
) -> None:
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.console import working
    from benchbuilder.pipeline import curation
    from benchbuilder.regenerating import import_calls
    from benchbuilder.stage import Context

    if release and (config or exclude):
        raise typer.BadParameter("--from-release brings its own settings: no --config, --exclude")
    settings = _of_release(release, set_) if release else run_config(run, config, set_)
    settings = _excluding(settings, exclude)
    if living:
        settings = going_on(settings, living.since)
    folder = RunFolder(run, create=bool(dumps) and not dry_run, may_lack=dry_run and bool(dumps))
    context = Context(
        settings, folder, dumps=dumps, offline=offline, max_cost_usd=max_cost_usd,
        release=release, dry_run=dry_run, engine_name=engine,
    )  # fmt: skip
    stages = curation(context)
    first = list(StageName).index(from_) if from_ else 0
    last = list(StageName).index(until) if until else len(stages) - 1
    if first > last:
        raise typer.BadParameter(f"--until {until} comes before --from {from_}")
    with working("looking what is current"):
        _demand_current(stages[:first], folder.path, context)
        stages = stages[first : last + 1]
        _demand_possible(stages, context)
    if dry_run:
        print_plan(stages, context, json)
        return
    with folder.lock():
        if not replace_questions:
            _spare_judged(stages, folder)
        if release:
            import_calls(release, folder)
        _run(stages, context, json, living)
        if html is not None:
            from benchbuilder.cli.curated import write_page

            write_page(context, html)
    if release and until in (None, StageName.SAMPLE):
        _demand_same(release, folder)


def _of_release(release: Path, set_: list[str] | None) -> Config:
    from benchbuilder.release.portable import read_config
    from benchbuilder.release.verify import demand_intact

    demand_intact(release)
    return read_config(release, set_ or ())


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


def _excluding(config: Config, exclude: Sequence[Path]) -> Config:
    """The config with more benchmarks whose questions must not come back."""
    more = [str(path) for path in exclude if str(path) not in config.sample.exclude]
    if not more:
        return config
    names = (*config.sample.exclude, *more)
    sample = config.sample.model_copy(update={"exclude": names})
    return config.model_copy(update={"sample": sample})


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


def _run(stages: list[Stage], context: Context, json: bool, living: Living | None = None) -> None:
    from benchbuilder.console import ProgressBars, output, print_json, print_notes
    from benchbuilder.runner import run
    from benchbuilder.views import curation as view

    with ProgressBars() as bars, SavesConfig(bars, context) as listener:
        result = run(stages, context.folder, listener)
    document: dict[str, Any] = view.document(result, context.folder)
    if living and not result.halted and stages[-1].name == StageName.SAMPLE:
        document["freshness"] = fresh(context.folder, living)
    if json:
        print_json(document)
    else:
        view.show(output(), result, context.folder)
        if "freshness" in document:
            show_fresh(document["freshness"], context.folder)
    print_notes([note for stage in result.stages for note in stage.notes])
    if result.halted:
        print_notes([result.halted])
        raise typer.Exit(BELOW_THRESHOLD)
