"""``validate selection``, ``validate prompts`` and ``plan-size``: what a benchmark is worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchbuilder.cli import options
from benchbuilder.cli.quality import validate

if TYPE_CHECKING:
    import pyarrow as pa

    from benchbuilder.stats.human import HumanRanking

Judged = Annotated[
    Path,
    typer.Argument(
        metavar="RUN_OR_JUDGMENTS",
        parser=options.run_place,
        help="A run folder, or a judgments file.",
    ),
]
Questions = Annotated[
    Path | None,
    typer.Option("--questions", help="The judged prompts; without it: the run's questions."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    validate.command("selection")(validate_selection)
    validate.command("prompts")(validate_prompts)
    app.command()(plan_size)


def validate_selection(
    judged: Judged,
    selection: Annotated[
        Path | None, typer.Option("--selection", help="The selected prompts: any table with ids.")
    ] = None,
    scores: Annotated[
        Path | None,
        typer.Option("--scores", help="A table with ids and quality_score (annotations)."),
    ] = None,
    size: Annotated[
        int | None, typer.Option("--size", min=2, help="Select that many of the highest scores.")
    ] = None,
    questions: Questions = None,
    human: Annotated[
        Path | None, typer.Option("--human", help="A ranking of the models: ratings or votes.")
    ] = None,
    names: Annotated[
        Path | None, typer.Option("--names", help="A table `model,human`: our names and theirs.")
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=2, help="Subsets of each kind.")] = 200,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    json: options.Json = False,
) -> None:
    """Does a selection measure better than chance? A judged pool says so.

    The selection is held against random, length-matched, left-behind and easiest subsets of its
    size. Give `--selection`, or `--scores` and `--size`.

    Example: `benchbuilder validate selection runs/pool --scores annotations.parquet --size 250
    --human arena.csv`
    """
    from benchbuilder.cli.running import run_config
    from benchbuilder.console import output, print_json, print_notes, working
    from benchbuilder.reporting.selection import selection_documents
    from benchbuilder.sources.human import read_names
    from benchbuilder.sources.judgments import read_judgments
    from benchbuilder.views import selection as view

    settings = run_config(judged, config, set_).report
    judgments = read_judgments([judged])
    chosen, known, notes = _chosen(judgments, selection, scores, size)
    with working("drawing other subsets"):
        documents = selection_documents(
            judgments,
            chosen,
            lengths=_lengths(judged, questions),
            scores=known,
            human=_ranking(human, settings.confidence),
            names=read_names(names) if names else None,
            draws=draws,
            settings=settings,
        )
    if json:
        print_json({"boards": documents, "notes": notes})
    else:
        for document in documents:
            view.show(output(), document)
    print_notes(notes)


def validate_prompts(
    judged: Judged,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write all rows: a CSV or Parquet file.")
    ] = None,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    json: options.Json = False,
) -> None:
    """How much does each prompt separate models? A table, one row per prompt.

    Example: `benchbuilder validate prompts runs/june --out prompts.csv`
    """
    from benchbuilder.cli.running import run_config
    from benchbuilder.console import output, print_json
    from benchbuilder.reporting.prompts import discrimination_table
    from benchbuilder.sources.judgments import read_judgments
    from benchbuilder.views import prompts as view

    settings = run_config(judged, config, set_).report
    found = discrimination_table(read_judgments([judged]), settings=settings)
    if out is not None:
        _write(found, out)
    if json:
        print_json({"prompts": found.to_pylist()})
    else:
        view.show(output(), found.to_pylist())


def plan_size(
    judged: Judged,
    sizes: Annotated[
        str, typer.Option("--sizes", metavar="N,N,…", help="Numbers of prompts to plan for.")
    ] = "50,100,200,300,500,750,1000,2000",
    width: Annotated[
        float | None,
        typer.Option("--width", help="An aim: the mean width of an interval, as 0.05."),
    ] = None,
    separability: Annotated[
        float | None,
        typer.Option("--separability", help="An aim: the share of pairs separated, paired."),
    ] = None,
    usd_per_million_tokens: Annotated[
        float | None,
        typer.Option(
            "--usd-per-million-tokens", help="Price of judging where no cost was recorded."
        ),
    ] = None,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    json: options.Json = False,
) -> None:
    """How many prompts do I need? A pilot's judgments say what to expect, and what it costs.

    Example: `benchbuilder plan-size runs/pilot --sizes 100,250,500 --width 0.05`
    """
    from benchbuilder.cli.running import run_config
    from benchbuilder.console import output, print_json, working
    from benchbuilder.reporting.plan import plan_documents
    from benchbuilder.sources.answers import read_answers
    from benchbuilder.sources.judgments import read_judgments
    from benchbuilder.views import plan as view

    answers = judged / "answers.parquet"
    with working("planning from the pilot"):
        documents = plan_documents(
            read_judgments([judged]),
            read_answers([answers]) if answers.is_file() else None,
            sizes=_sizes(sizes),
            width=width,
            separability=separability,
            usd_per_million_tokens=usd_per_million_tokens,
            settings=run_config(judged, config, set_).report,
        )
    if json:
        print_json({"plans": documents})
        return
    for document in documents:
        view.show(output(), document)


def _write(table: pa.Table, path: Path) -> None:
    import pyarrow.csv
    import pyarrow.parquet as pq

    if path.suffix not in (".csv", ".parquet"):
        raise typer.BadParameter(f"expected NAME.csv or NAME.parquet, found {path}")
    if path.suffix == ".csv":
        pyarrow.csv.write_csv(table, path)
    else:
        pq.write_table(table, path)


def _sizes(text: str) -> list[int]:
    try:
        sizes = [int(part) for part in text.split(",")]
    except ValueError:
        sizes = []
    if not sizes or min(sizes) < 2:
        raise typer.BadParameter(
            f"expected numbers of prompts as 100,250,500; found {text!r}", param_hint="--sizes"
        )
    return sizes


def _chosen(
    judgments: pa.Table, selection: Path | None, scores: Path | None, size: int | None
) -> tuple[list[str], dict[str, float] | None, list[str]]:
    """The selected ids, the scores by id where there are any, and what the user must read."""
    from benchbuilder.errors import InputError
    from benchbuilder.sources.selections import best, read_quality_scores, read_selection

    known = read_quality_scores(scores) if scores else None
    plain = None if known is None else {name: score for name, (score, _) in known.items()}
    if selection is not None:
        return read_selection(selection), plain, []
    if known is None or size is None:
        raise InputError(
            "no selection is named",
            hint="give --selection FILE, or --scores FILE and --size N",
        )
    pool = set(judgments["question_id"].to_pylist())
    inside = {name: score for name, score in known.items() if name in pool}
    unscored = len(pool) - len(inside)
    notes = [f"{unscored} judged prompts have no score: they cannot be selected"]
    return best(inside, size), plain, notes if unscored else []


def _lengths(judged: Path, questions: Path | None) -> dict[str, int] | None:
    """Characters of each question; None where the questions are not to be had."""
    from benchbuilder.sources.questions import read_questions

    inside = judged / "questions.parquet"
    if questions is None and not inside.is_file():
        return None
    table = read_questions(questions or inside)
    turns = zip(table["text"].to_pylist(), table["turns"].to_pylist(), strict=True)
    lengths = [sum(map(len, more)) if more else len(text) for text, more in turns]
    return dict(zip(table["question_id"].to_pylist(), lengths, strict=True))


def _ranking(human: Path | None, confidence: float) -> HumanRanking | None:
    from benchbuilder.sources.human import read_human
    from benchbuilder.stats.votes import ranking_of

    return ranking_of(read_human(human), confidence=confidence) if human else None
