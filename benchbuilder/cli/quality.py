"""``distill`` and ``validate``: train the local annotator, and say how good an annotator is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchbuilder.cli import options

if TYPE_CHECKING:
    from benchbuilder.labelled import Labelled

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
    """Hold an annotator, a judge, a selection or single prompts against what was measured."""


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
    from benchbuilder.console import working
    from benchbuilder.distilled.head import Source
    from benchbuilder.distilled.quality import cross_validate
    from benchbuilder.distilled.training import train_head
    from benchbuilder.labelled import gather, vectors_of

    settings = load_config(config or "default", set_ or ())
    with working("reading prompts and labels"):
        rows = gather(labels, prompts or (), run, settings)
        encoder, vectors = vectors_of(rows.texts, settings.embed)
    with working("cross-validating"):
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
    labels: Annotated[
        Path | None,
        typer.Option("--labels", help="A label file; without it: the run's annotators alone."),
    ] = None,
    prompts: Prompts = None,
    run: FromRun = None,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    json: options.Json = False,
) -> None:
    """Say how far annotators agree: percent, Cohen's kappa, Krippendorff's alpha.

    With `--labels`, the annotators of that file are compared with each other. With `--run` too, the
    run's annotators are held against them; with `--run` alone, against each other, and each of
    four or more against the majority of three others. With `--prompts`, the local annotator reads
    those prompts.

    Example: `benchbuilder validate annotator --labels labels.jsonl --run runs/june`
    """
    from benchbuilder import labelled
    from benchbuilder.config import load_config
    from benchbuilder.console import working
    from benchbuilder.errors import InputError
    from benchbuilder.stats.annotator_panel import panel_agreement

    settings = load_config(config or "default", set_ or ())
    if labels is None and run is None:
        raise InputError(
            "nothing to compare: give --labels, --run or both",
            hint="benchbuilder validate annotator --labels FILE --prompts DUMP",
        )
    if labels is None:
        found = labelled.labels_of_run(_given(run))
        _print_agreement(panel_agreement(found), labelled.between_annotators(found), json)
        return
    found = labelled.labels_of_file(labels)
    panel, pairs = panel_agreement(found), labelled.between_annotators(found)
    if run is not None:
        pairs = [*labelled.run_against_labels(run, labels), *pairs]
    if prompts and run is None:
        with working("annotating the prompts"):
            rows = labelled.gather(labels, prompts, None, settings)
            quality = labelled.judge_head(rows, settings)
        _print_quality(quality, rows, json, {}, panel, pairs)
    else:
        _print_agreement(panel, pairs, json)


def _given(run: Path | None) -> Path:
    assert run is not None
    return run


def _print_quality(
    quality: Any,
    rows: Labelled,
    json: bool,
    beside: dict[str, Any],
    panel: Any = None,
    pairs: Any = (),
) -> None:
    from benchbuilder.console import output, print_json, print_notes
    from benchbuilder.views import quality as view

    if json:
        beats = {"beats_length": quality.beats_length()}
        agreement = view.document(panel, pairs)
        print_json({**beside, **beats, **quality.to_dict(), **agreement, "notes": rows.notes})
    else:
        view.show(output(), quality, beside)
        view.show_agreement(output(), panel, pairs)
    print_notes(rows.notes)


def _print_agreement(panel: Any, pairs: Any, json: bool) -> None:
    from benchbuilder.console import output, print_json, print_notes
    from benchbuilder.views import quality as view

    if json:
        print_json(view.document(panel, pairs))
    else:
        view.show_agreement(output(), panel, pairs)
    if not pairs:
        print_notes(["no two annotators labelled the same prompt: give --run or --prompts"])
