"""``judge`` and ``report``: verdicts on model answers, and what they say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchbuilder.cli import options
from benchbuilder.cli.curation import BELOW_THRESHOLD, print_plan, run_config, save_config

if TYPE_CHECKING:
    from benchbuilder.config import Config
    from benchbuilder.stage import Context

Answers = Annotated[
    list[Path] | None,
    typer.Argument(metavar="ANSWERS...", help="Answer files: ours, Arena-Hard's, AlpacaEval's."),
]
Human = Annotated[
    Path | None,
    typer.Option("--human", help="A ranking to compare with: ratings, votes, or orders."),
]
HumanName = Annotated[
    str, typer.Option("--human-name", help="What that ranking is; the report calls it so.")
]
Names = Annotated[
    Path | None, typer.Option("--names", help="A table `model,human`: our names and theirs.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(judge)
    app.command()(report)


def judge(
    run: options.Run,
    answers: Answers = None,
    questions: Annotated[
        Path | None, typer.Option("--questions", help="A question set: Parquet, JSONL or a folder.")
    ] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", help="The model that all others are held against.")
    ] = None,
    judge_: Annotated[
        str | None,
        typer.Option("--judge", metavar="NAME", help="A declared model, or `recorded`."),
    ] = None,
    recorded: Annotated[
        list[Path] | None,
        typer.Option("--recorded", help="Judgments to replay, for the judge `recorded`."),
    ] = None,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    offline: options.Offline = False,
    dry_run: options.DryRun = False,
    max_cost_usd: options.MaxCost = None,
    json: options.Json = False,
) -> None:
    """Judge model answers against a baseline: two games a question, sides swapped.

    Exit code 3 when a model's coverage is below `judge.min_coverage`, or too many games failed.

    Example: `benchbuilder judge answers.jsonl --questions questions.jsonl --baseline gpt-4o
    --judge openai --run runs/june`
    """
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.pipeline import judging
    from benchbuilder.stage import Context

    named = [f"judge.baseline={baseline}"] if baseline else []
    named += [f"judge.judge={judge_}"] if judge_ else []
    settings = run_config(run, config, [*named, *(set_ or ())])
    folder = RunFolder(run, create=bool(answers) and not dry_run)
    context = Context(
        settings,
        folder,
        questions=(questions,) if questions else (),
        answers=tuple(answers or ()),
        recorded=tuple(recorded or ()),
        offline=offline,
        max_cost_usd=max_cost_usd,
    )
    if dry_run:
        print_plan(judging(context), context, json)
        return
    with folder.lock():
        _judge(context, json)


def _judge(context: Context, json: bool) -> None:
    from benchbuilder.console import ProgressBars, output, print_json, print_notes
    from benchbuilder.judging.coverage import audit_answers
    from benchbuilder.pipeline import judging
    from benchbuilder.runner import run
    from benchbuilder.views import judging as view

    save_config(context)
    with ProgressBars() as bars:
        result = run(judging(context), context.folder, bars)
    audit = audit_answers(context.folder.read("questions"), context.folder.read("answers"))
    if json:
        print_json(view.document(result, audit, context.folder))
    else:
        view.show(output(), result, audit, context.folder)
    print_notes([note for stage in result.stages for note in stage.notes])
    if result.halted:
        print_notes([result.halted])
    if result.halted or audit.below(context.config.judge.min_coverage):
        raise typer.Exit(BELOW_THRESHOLD)


def report(
    source: Annotated[
        Path, typer.Argument(metavar="RUN_OR_JUDGMENTS", help="A run folder, or a judgments file.")
    ],
    answers: Annotated[
        list[Path] | None,
        typer.Option("--answers", help="With a judgments file: the answers, for tokens and style."),
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option("--questions", help="With a judgments file: what coverage is measured on."),
    ] = None,
    human: Human = None,
    human_name: HumanName = "human ranking",
    names: Names = None,
    style: Annotated[
        str | None, typer.Option("--style", help="Style control: `length`, `markdown` or both.")
    ] = None,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    json: options.Json = False,
) -> None:
    """Report on judgments: leaderboard, separability, agreement, health of the judge.

    Example: `benchbuilder report runs/june --human arena.csv --style length,markdown`
    """
    from benchbuilder.console import output, print_json, print_notes
    from benchbuilder.views import leaderboard as view

    asked = [f"report.style=[{style}]"] if style else []
    settings = run_config(source, config, [*asked, *(set_ or ())])
    ranking = {"human": human, "human_name": human_name, "names": names}
    if source.is_dir():
        boards, notes = _report_run(source, settings, ranking)
    else:
        boards, notes = _report_file(source, answers or (), questions, settings, ranking)
    if json:
        print_json({**boards[0], "boards": boards[1:], "notes": list(notes)})
    else:
        for board in boards:
            view.show(output(), board)
    print_notes(list(notes))


def _report_run(run: Path, settings: Config, ranking: dict[str, Any]) -> tuple[Any, Any]:
    """The report on a run folder; its leaderboard becomes an artifact."""
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.console import ProgressBars
    from benchbuilder.pipeline import reporting
    from benchbuilder.runner import run as run_stages
    from benchbuilder.stage import Context

    folder = RunFolder(run)
    with folder.lock(), ProgressBars() as bars:
        context = Context(settings, folder, **ranking)
        result = run_stages(reporting(context), folder, bars).stage("report")
    return result.figures["boards"], result.notes


def _report_file(
    judgments: Path,
    answers: Any,
    questions: Path | None,
    settings: Config,
    ranking: dict[str, Any],
) -> tuple[Any, Any]:
    """The report on files; nothing is written."""
    from benchbuilder.observe import Silent
    from benchbuilder.sources.answers import one_answer_each, read_answers
    from benchbuilder.sources.human import read_human, read_names
    from benchbuilder.sources.judgments import read_judgments
    from benchbuilder.sources.questions import read_questions
    from benchbuilder.stages.report import report as make_report

    observe = Silent()
    asked = read_questions(questions) if questions else None
    given = read_answers(answers, asked) if answers else None
    human, names = ranking["human"], ranking["names"]
    make_report(
        read_judgments([judgments]),
        one_answer_each(given, settings.judge.duplicates) if given else None,
        asked,
        settings=settings.report,
        observe=observe,
        human=read_human(human) if human else None,
        human_name=ranking["human_name"],
        names=read_names(names) if names else None,
    )
    return observe.figures["boards"], observe.notes
