"""``distill`` and ``validate``: train the local annotator, and say how good an annotator is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchbuilder.cli import options

if TYPE_CHECKING:
    from benchbuilder.labelled import Labelled

Labels = Annotated[Path, typer.Option("--labels", help="A label file (JSONL or Parquet).")]
Prompts = Annotated[
    list[Path] | None,
    typer.Option("--prompts", help="The dump that holds the labelled prompts; repeatable."),
]
FromRun = Annotated[
    Path | None, typer.Option("--run", help="A run folder: its prompts and annotations.")
]


#: The group of commands that other modules add theirs to.
validate = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(distill)
    validate.command("annotator")(validate_annotator)
    app.add_typer(validate, name="validate")


@validate.callback()
def _validate() -> None:
    """Hold an annotator, a selection or single prompts against what was measured."""


def distill(
    out: Annotated[Path, typer.Option("--out", help="Where the trained head is written (JSON).")],
    labels: Annotated[
        Path | None, typer.Option("--labels", help="A label file; without it: the run's labels.")
    ] = None,
    prompts: Prompts = None,
    run: FromRun = None,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    json: options.Json = False,
) -> None:
    """Train the local annotator on labels and print its cross-validated quality.

    Every measure of the ranking stands beside that of prompt length alone. Use the head with
    `--set annotate.head=FILE`.

    Example: `benchbuilder distill --labels labels.jsonl --prompts chats.jsonl --out head.json`
    """
    from benchbuilder.config import load_config
    from benchbuilder.console import messages
    from benchbuilder.distilled.head import Source
    from benchbuilder.distilled.quality import cross_validate
    from benchbuilder.distilled.training import train_head
    from benchbuilder.labelled import gather, vectors_of

    settings = load_config(config or "default", set_ or ())
    rows = gather(labels, prompts or (), run, settings)
    encoder, vectors = vectors_of(rows.texts, settings.embed)
    with messages().status("cross-validating"):
        quality = cross_validate(
            rows.texts, rows.labels, vectors, encoder=encoder, seed=settings.seed
        )
        source = Source(rows.origin, "as the labels", len(rows.texts))
        head = train_head(
            rows.texts, rows.labels, vectors, encoder=encoder, seed=settings.seed, sources=[source]
        )
    head.save(out)
    _print_quality(quality, rows, json, {"head": str(out)})


def validate_annotator(
    labels: Labels,
    prompts: Prompts = None,
    run: FromRun = None,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    json: options.Json = False,
) -> None:
    """Hold annotations against labels: agreement per criterion, Cohen's kappa, ranking quality.

    With `--run`, the run's annotations are compared with the labels. With `--prompts`, the local
    annotator reads those prompts. Labels of several annotators are compared with each other, too.

    Example: `benchbuilder validate annotator --labels labels.jsonl --run runs/june`
    """
    from benchbuilder.config import load_config
    from benchbuilder.labelled import between_annotators, gather, judge_head, run_against_labels

    settings = load_config(config or "default", set_ or ())
    pairs = between_annotators(labels)
    if run is not None:
        pairs = [*pairs, *run_against_labels(run, labels)]
        _print_agreement(pairs, json)
        return
    if not prompts:
        _print_agreement(pairs, json)
        return
    rows = gather(labels, prompts, None, settings)
    _print_quality(judge_head(rows, settings), rows, json, {}, pairs)


def _print_quality(
    quality: Any, rows: Labelled, json: bool, beside: dict[str, Any], pairs: Any = ()
) -> None:
    from dataclasses import asdict

    from benchbuilder.console import output, print_json, print_notes
    from benchbuilder.views import quality as view

    if json:
        agreement = [asdict(pair) for pair in pairs]
        print_json({**beside, **quality.to_dict(), "agreement": agreement, "notes": rows.notes})
    else:
        view.show(output(), quality, pairs, beside)
    print_notes(rows.notes)


def _print_agreement(pairs: Any, json: bool) -> None:
    from dataclasses import asdict

    from benchbuilder.console import output, print_json, print_notes
    from benchbuilder.views import quality as view

    if json:
        print_json({"agreement": [asdict(pair) for pair in pairs]})
        return
    for pair in pairs:
        output().print(view.agreement_table(pair))
    if not pairs:
        print_notes(["one annotator only, and nothing to compare with: give --run or --prompts"])
