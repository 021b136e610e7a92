"""``curate`` and its single stages."""

from __future__ import annotations

from collections.abc import Callable

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
from benchbuilder.cli.curation_run import Asked, carry_out
from benchbuilder.cli.living import Freshness, Judged, Living, Since


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
    living = Living(since, judged, freshness) if since else None
    asked = Asked(
        run, tuple(dumps or ()), config, read_as, from_, until, tuple(exclude or ()), from_release,
        living, html, offline, dry_run, max_cost_usd, engine, replace_questions, json,
    )  # fmt: skip
    carry_out(asked)


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
        asked = Asked(
            run, config=config, set_=set_, first=stage, last=stage, offline=offline,
            dry_run=dry_run, max_cost_usd=max_cost_usd, engine=engine, json=json,
        )  # fmt: skip
        carry_out(asked)

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
        asked = Asked(
            run, tuple(dumps or ()), config, read_as, stage, stage, offline=True, dry_run=dry_run,
            engine=engine, json=json,
        )  # fmt: skip
        carry_out(asked)

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
        asked = Asked(
            run, (), config, set_, stage, stage, tuple(exclude or ()), html=html, offline=True,
            dry_run=dry_run, replace_questions=replace_questions, json=json,
        )  # fmt: skip
        carry_out(asked)

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
