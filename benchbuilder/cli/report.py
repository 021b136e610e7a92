"""``report``: what judgments say, on the terminal, as JSON, as a page, as a reading room."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchbuilder.cli import options
from benchbuilder.cli.report_pages import write_pages
from benchbuilder.cli.running import BELOW_THRESHOLD, run_config

if TYPE_CHECKING:
    from benchbuilder.cli.reported import Reported

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
Html = Annotated[
    Path | None,
    typer.Option(
        "--html",
        metavar="PATH",
        help="Write the report as one page, NAME.html, that needs no network. Beside it: NAME.md "
        "and every table as NAME-TABLE.csv and NAME-TABLE.parquet. A folder: its report.html.",
    ),
]
Browse = Annotated[
    Path | None,
    typer.Option(
        "--browse",
        metavar="DIR",
        help="Write a browser of judgments: question, both answers and the judge's text side by "
        "side, with filters. Open DIR/index.html; it needs no network.",
    ),
]

Sources = Annotated[
    list[Path],
    typer.Argument(
        metavar="RUN_OR_JUDGMENTS...",
        parser=options.run_place,
        help="A run folder, or a judgments file. Several, or a table of scores with limits "
        "(benchmark, model, score, lower, upper): benchmarks side by side.",
    ),
]
Answers = Annotated[
    list[Path] | None,
    typer.Option(
        "--answers",
        help="Answers, for tokens and style; without it: the run's, if it is a run.",
    ),
]
Questions = Annotated[
    Path | None,
    typer.Option(
        "--questions",
        help="What coverage is measured on; without it: the run's, or the judged questions.",
    ),
]
Style = Annotated[
    str | None, typer.Option("--style", help="Style control: `length`, `markdown` or both.")
]


def report(
    sources: Sources,
    answers: Answers = None,
    questions: Questions = None,
    human: Human = None,
    human_name: HumanName = "human ranking",
    names: Names = None,
    style: Style = None,
    html: Html = None,
    browse: Browse = None,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    json: options.Json = False,
) -> None:
    """Report on judgments: leaderboard, separability, agreement, health of the judge.

    Of a run folder the leaderboard and its tables become artifacts, unless other answers or
    questions are given. Exit code 3 when a model has verdicts on too few of the questions
    (`judge.min_coverage`); the report is written all the same.

    Example: `benchbuilder report runs/june --human arena.csv --style length,markdown
    --html reports/june.html --browse reports/june-judgments`
    """
    from benchbuilder.cli.reported import is_run, report_files, report_run
    from benchbuilder.cli.side_by_side import compare, is_comparison
    from benchbuilder.console import output, print_json, print_notes
    from benchbuilder.views import leaderboard as view

    source = sources[0]
    asked = [f"report.style=[{_style(style)}]"] if style else []
    settings = run_config(source, config, [*asked, *(set_ or ())])
    if is_comparison(sources):
        _demand_one_run(html=html, browse=browse, answers=answers, questions=questions, style=style)
        covered = compare(
            sources, settings, human=human, human_name=human_name, names=names, json=json
        )
        raise typer.Exit(0 if covered else BELOW_THRESHOLD)
    ranking = {"human": human, "human_name": human_name, "names": names}
    if is_run(source) and not (answers or questions):
        made = report_run(source, settings, ranking)
    else:
        made = report_files(source, answers or [], questions, settings, ranking)
    command = _command(
        source, answers=answers, questions=questions, human=human,
        human_name=human_name if human else None, names=names, style=style, html=html,
        browse=browse, config=config, set=set_,
    )  # fmt: skip
    write_pages(made, source, command, html, browse)
    if json:
        boards = [{**board, **_rows(made, board)} for board in made.boards]
        print_json({**boards[0], "boards": boards[1:], "notes": made.notes})
    else:
        for board in made.boards:
            view.show(output(), board)
    print_notes(made.notes)
    if made.below_coverage:
        raise typer.Exit(BELOW_THRESHOLD)


def _style(asked: str) -> str:
    names = [name.strip() for name in asked.split(",")]
    if not set(names) <= {"length", "markdown"}:
        raise typer.BadParameter(
            f"{asked!r}: length, markdown or length,markdown", param_hint="--style"
        )
    return ",".join(names)


def _demand_one_run(**given: object) -> None:
    """Benchmarks side by side have no page, and each has its own answers and questions."""
    for name, value in given.items():
        if value:
            raise typer.BadParameter("for one run at a time", param_hint=f"--{name}")


def _rows(made: Reported, board: dict[str, Any]) -> dict[str, Any]:
    """The rows of a board's further tables, for scripts."""
    from benchbuilder.views.html.report import rows_of

    return {name: rows_of(made.tables[name], board) for name in ("pairs", "breakdown")}


def _command(source: Path, **given: Any) -> str:
    """The command that makes the same report again."""
    words = ["benchbuilder", "report", str(source)]
    for name, value in given.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                words += ["--" + name.replace("_", "-"), str(one)]
    return shlex.join(words)
