"""``judge``: verdicts on model answers; registers ``report`` beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchbuilder.cli import options
from benchbuilder.cli.report import report
from benchbuilder.cli.running import (
    BELOW_THRESHOLD,
    SavesConfig,
    demand_run,
    no_judgments,
    print_plan,
    run_config,
)

if TYPE_CHECKING:
    from benchbuilder.stage import Context

Answers = Annotated[
    list[Path] | None,
    typer.Argument(metavar="ANSWERS...", help="Answer files: ours, Arena-Hard's, AlpacaEval's."),
]

Questions = Annotated[
    Path | None, typer.Option("--questions", help="A question set: Parquet, JSONL or a folder.")
]
Baseline = Annotated[
    str | None, typer.Option("--baseline", help="The model that all others are held against.")
]
Judge = Annotated[
    str | None,
    typer.Option(
        "--judge", metavar="NAME", help="A declared model, `recorded`, or `recorded:NAME`."
    ),
]
Recorded = Annotated[
    list[Path] | None,
    typer.Option("--recorded", help="Judgments to replay, for the judge `recorded`."),
]
Reparse = Annotated[
    bool,
    typer.Option("--reparse", help="Read the verdicts anew from the judges' texts; ask nobody."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(judge)
    app.command()(report)


def judge(
    run: options.Run,
    answers: Answers = None,
    questions: Questions = None,
    baseline: Baseline = None,
    judge_: Judge = None,
    recorded: Recorded = None,
    reparse: Reparse = False,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    offline: options.Offline = False,
    dry_run: options.DryRun = False,
    max_cost_usd: options.MaxCost = None,
    json: options.Json = False,
) -> None:
    """Judge model answers against a baseline: two games a question, sides swapped.

    More judges beside the one named: `--set judge.panel=[NAME,…]`. `recorded:NAME` is one of
    several judges in a file. Exit code 3 when a model's coverage is below `judge.min_coverage`, or
    too many games failed.

    Example: `benchbuilder judge answers.jsonl --questions questions.jsonl --baseline gpt-4o
    --judge openai --run runs/june-judged`
    """
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.pipeline import judging
    from benchbuilder.refereeing import demand_fit
    from benchbuilder.stage import Context

    named = [options.setting("judge.baseline", baseline)] if baseline else []
    named += [options.setting("judge.judge", judge_)] if judge_ else []
    settings = run_config(run, config, [*named, *(set_ or ())])
    demand_run(run, created=bool(answers), command="judge ANSWERS… --questions QUESTIONS")
    folder = RunFolder(
        run, create=bool(answers) and not dry_run, may_lack=dry_run and bool(answers)
    )
    context = Context(
        settings,
        folder,
        questions=(questions,) if questions else (),
        answers=tuple(answers or ()),
        recorded=tuple(recorded or ()),
        offline=offline,
        max_cost_usd=max_cost_usd,
        dry_run=dry_run,
    )
    if reparse:
        with folder.lock():
            _reparse(context, json)
        return
    demand_fit(context)
    if dry_run:
        print_plan(judging(context), context, json)
        return
    with folder.lock():
        _judge(context, json)


def _judge(context: Context, json: bool) -> None:
    from benchbuilder.console import ProgressBars, output, print_json, print_notes
    from benchbuilder.judging.coverage import Finding, audit_answers
    from benchbuilder.pipeline import judging
    from benchbuilder.runner import run
    from benchbuilder.views import judging as view
    from benchbuilder.views.headline import listed

    with ProgressBars() as bars, SavesConfig(bars, context) as listener:
        result = run(judging(context), context.folder, listener)
    repeated = [
        Finding(**row) for stage in result.stages for row in stage.figures.get("repeated", ())
    ]
    questions, answers = (context.folder.read(name) for name in ("questions", "answers"))
    audit = audit_answers(questions, answers, repeated)
    if json:
        print_json(view.document(result, audit, context.folder))
    else:
        view.show(output(), result, audit, context.folder)
    print_notes([note for stage in result.stages for note in stage.notes])
    if result.halted:
        print_notes([result.halted])
    minimum = context.config.judge.min_coverage
    below = [found.model for found in audit.below(minimum)]
    if below:
        print_notes([f"coverage is below {minimum:.0%} (judge.min_coverage) for {listed(below)}"])
    if result.halted or below:
        raise typer.Exit(BELOW_THRESHOLD)


def _reparse(context: Context, json: bool) -> None:
    from benchbuilder.console import output, print_json
    from benchbuilder.runner import amend
    from benchbuilder.sources.judgments import reparse
    from benchbuilder.views import judging as view

    if context.folder.entry("judgments") is None:
        raise no_judgments(context.folder.path)
    before = context.folder.read("judgments")
    after = reparse(before)
    amend(context.folder, "judgments", after)
    changes = view.reparse_document(before, after)
    if json:
        print_json(changes | {"run": str(context.folder.path)})
    else:
        view.show_reparsed(output(), changes, context.folder)
