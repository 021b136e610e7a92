"""``validate judge``: how far a judge can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchbuilder.cli import options
from benchbuilder.cli.quality import validate
from benchbuilder.cli.running import holds_judgments, no_judgments

if TYPE_CHECKING:
    import pyarrow as pa


def register(app: typer.Typer) -> None:
    """Add the command to the group ``validate``."""
    del app
    validate.command("judge")(validate_judge)


def validate_judge(
    judged: Annotated[
        Path, typer.Argument(metavar="RUN_OR_JUDGMENTS", help="A run folder, or a judgments file.")
    ],
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", help="Judgments of another judge, or of the same; repeatable."),
    ] = None,
    votes: Annotated[
        Path | None,
        typer.Option("--votes", help="People's votes: question_id, model_a, model_b, winner."),
    ] = None,
    names: Annotated[
        Path | None, typer.Option("--names", help="A table `model,human`: our names and theirs.")
    ] = None,
    answers: Annotated[
        list[Path] | None,
        typer.Option("--answers", help="Answers, for their lengths; without it: the run's."),
    ] = None,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    json: options.Json = False,
) -> None:
    """Hold a judge against itself, other judges and people.

    Does it name the same winner when the sides are swapped? Does it agree with people's votes, and
    with other judges on the same answers? Does it prefer longer answers, or models of its own
    family? What cannot be measured is said with its reason.

    Example: `benchbuilder validate judge runs/june --votes votes.csv --against other-judge.jsonl`
    """
    from benchbuilder.cli.running import run_config
    from benchbuilder.console import output, print_json
    from benchbuilder.reporting.judge_validation import validation_document
    from benchbuilder.sources.human import read_human, read_names
    from benchbuilder.views import judge_validation as view

    document = validation_document(
        _judgments(judged, against or []),
        answers=_answers(judged, answers or []),
        votes=read_human(votes, "--votes") if votes else None,
        names=read_names(names) if names else None,
        confidence=run_config(judged, config, set_).report.confidence,
    )
    if json:
        print_json(document)
    else:
        view.show(output(), document)


def _judgments(judged: Path, against: list[Path]) -> pa.Table:
    """All judgments; a judge that is there before is told apart by its file."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from benchbuilder.sources.judgments import read_judgments

    if judged.is_dir() and not holds_judgments(judged):
        raise no_judgments(judged)
    tables = [read_judgments([judged])]
    for path in against:
        found = read_judgments([path])
        seen = pa.array(sorted({j for t in tables for j in t["judge"].to_pylist()}), pa.string())
        again = pc.is_in(found["judge"], value_set=seen)
        named = pc.binary_join_element_wise(found["judge"], f"({path.name})", " ")
        place = found.schema.get_field_index("judge")
        judge = pc.if_else(again, named, found["judge"])
        tables.append(found.set_column(place, found.schema.field(place), judge))
    return pa.concat_tables(tables)


def _answers(judged: Path, answers: list[Path]) -> pa.Table | None:
    from benchbuilder.sources.answers import read_answers

    inside = judged / "answers.parquet"
    paths = answers or ([inside] if inside.is_file() else [])
    return read_answers(paths) if paths else None
