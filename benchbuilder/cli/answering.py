"""``answer`` and ``import``: questions, answers and judgments come into a run folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchbuilder.cli import options
from benchbuilder.cli.running import (
    BELOW_THRESHOLD,
    SavesConfig,
    demand_run,
    print_plan,
    run_config,
    save_config,
)

if TYPE_CHECKING:
    from benchbuilder.runner import RunResult
    from benchbuilder.stage import Context, Stage

Questions = Annotated[
    Path | None,
    typer.Option("--questions", help="A question set; without it: the run's own questions."),
]
Model = Annotated[
    list[str] | None,
    typer.Option("--model", metavar="NAME", help="A declared model; repeatable."),
]
Limit = Annotated[
    int | None,
    typer.Option("--limit", min=1, metavar="N", help="The first N questions, for a trial."),
]
FromDump = Annotated[
    bool,
    typer.Option(
        "--from-dump",
        help="Take the replies that the run's dump holds: of the models named, or of all.",
    ),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="NAME",
        help="With --from-dump: one name for all replies, so that what answered in production "
        "is one contender.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(answer)
    app.command("import")(import_)


def answer(
    run: options.Run,
    questions: Questions = None,
    model: Model = None,
    limit: Limit = None,
    from_dump: FromDump = False,
    as_: As = None,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    offline: options.Offline = False,
    dry_run: options.DryRun = False,
    max_cost_usd: options.MaxCost = None,
    json: options.Json = False,
) -> None:
    """Let models answer the questions; what was answered is never paid for twice.

    Answers of other models stay beside the new ones. Exit code 3 when more of a model's answers
    failed than `answer.max_failure_rate` allows.

    Example: `benchbuilder answer --questions questions.jsonl --model openai --run runs/june-judged`
    """
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.stage import Context

    if not model and not from_dump:
        raise typer.BadParameter("name a declared model, or give --from-dump", param_hint="--model")
    if as_ and not from_dump:
        raise typer.BadParameter("for --from-dump", param_hint="--as")
    if as_ and len(model or ()) > 1:
        raise typer.BadParameter("one of the dump's models, or all of them", param_hint="--model")
    settings = run_config(run, config, set_)
    begun = questions is not None
    demand_run(run, created=begun, command="answer --questions QUESTIONS --model NAME")
    create = begun and not dry_run
    context = Context(
        settings,
        RunFolder(run, create=create, may_lack=dry_run),
        questions=(questions,) if questions else (),
        offline=offline,
        max_cost_usd=max_cost_usd,
        limit=limit,
        dry_run=dry_run,
    )
    stages = partial(_stages, context, tuple(model or ()), from_dump, as_)
    if dry_run:
        print_plan(stages(), context, json)
        return
    shown = (as_,) if as_ else tuple(model or ())
    with context.folder.lock():
        _answer(context, stages(), shown, json)


def _stages(
    context: Context, models: tuple[str, ...], from_dump: bool, called: str | None
) -> list[Stage]:
    from benchbuilder.answering import asking, taking_from_dump
    from benchbuilder.reading import question_stages

    stages = question_stages(context)
    if from_dump:
        return [*stages, *[taking_from_dump(context, name, called) for name in models or (None,)]]
    for name in models:
        context.config.declared_model(name)  # before anything is paid for
    return [*stages, *[asking(context, name) for name in models]]


def _answer(context: Context, stages: list[Stage], models: tuple[str, ...], json: bool) -> None:
    from benchbuilder.console import ProgressBars, output, print_json, print_notes
    from benchbuilder.runner import run
    from benchbuilder.views import answers as view

    with ProgressBars() as bars, SavesConfig(bars, context) as listener:
        # One by one: a model that fails does not keep the others from answering.
        results: list[RunResult] = [run([stage], context.folder, listener) for stage in stages]
    rows = view.model_rows(context.folder.read("answers"))
    shown = [row for row in rows if not models or row["model"] in models]
    notes = [note for result in results for stage in result.stages for note in stage.notes]
    limit = context.config.answer.max_failure_rate
    failed = [row for row in shown if row["failed"] > limit * row["answers"]]
    notes += [
        f"{row['model']}: {row['failed']} of {row['answers']} answers failed, more than the "
        f"{limit:.1%} that answer.max_failure_rate allows; run the same command again to ask for "
        "those only"
        for row in failed
    ]
    if json:
        print_json({"run": str(context.folder.path), "models": rows, "notes": notes})
    else:
        view.show(output(), rows, context.folder)
    print_notes(notes)
    if failed:
        raise typer.Exit(BELOW_THRESHOLD)


def import_(
    format_: Annotated[
        str, typer.Argument(metavar="FORMAT", help="arena-hard, alpaca-eval or tidy.")
    ],
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files or folders of that format.")
    ],
    run: options.Run,
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", help="The baseline, where the files do not name it."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Take over questions, answers and judgments of another tool.

    `tidy` is a table of games: question_id, model, baseline, verdict or preference, and order (the
    model's side). Then `report RUN` works; what the files lack is left out.

    Example: `benchbuilder import arena-hard arena-hard-v2.0/ --run runs/arena-hard`
    """
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.console import ProgressBars, output, print_json, print_notes
    from benchbuilder.importing import importing
    from benchbuilder.runner import run as run_stages
    from benchbuilder.sources.imports import import_benchmark
    from benchbuilder.stage import Context
    from benchbuilder.views import answers as view

    imported = import_benchmark(format_, paths, baseline=baseline)
    context = Context(run_config(run, None, None), RunFolder(run, create=True))
    with context.folder.lock(), ProgressBars() as bars:
        stage = importing(context, imported, format_name=format_, paths=paths, baseline=baseline)
        save_config(context)
        (result,) = run_stages([stage], context.folder, bars).stages
    if json:
        print_json(view.import_document(result, context.folder))
    else:
        view.show_import(output(), result, context.folder)
    print_notes(list(result.notes))
