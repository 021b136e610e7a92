"""``release``: a benchmark as others take it: built, verified, compared, exported."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from benchbuilder.cli import options

#: The group of commands that other modules add theirs to.
release = typer.Typer(no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(metavar="RELEASE", help="The folder of a release.")]


class Format(StrEnum):
    """Whose form an export has."""

    ARENA_HARD = "arena-hard"
    ARENA_HARD_V01 = "arena-hard-v0.1"
    ALPACA_EVAL = "alpaca-eval"
    HUGGINGFACE = "huggingface"
    LM_EVAL = "lm-eval"
    INSPECT = "inspect"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    release.command("build")(build)
    release.command("verify")(verify)
    release.command("diff")(diff)
    release.command("export")(export)
    release.command("import-calls")(import_calls)
    app.add_typer(release, name="release")


@release.callback()
def _release() -> None:
    """Hand on a benchmark: as a release that anyone can check, or in forms that others read."""


def _plain_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", value):
        raise typer.BadParameter("use letters, digits, dots, dashes and underscores")
    return value


def build(
    run: options.Run,
    name: Annotated[str, typer.Option("--name", callback=_plain_name, help="Of the benchmark.")],
    version: Annotated[
        str, typer.Option("--version", callback=_plain_name, help="For example 1.0.")
    ],
    out: Annotated[
        Path, typer.Option("--out", help="The folder in which NAME-VERSION is made.")
    ] = Path("releases"),
    licence: Annotated[
        str, typer.Option("--license", help="The licence of the questions, as the Hub names it.")
    ] = "unknown",
    origin: Annotated[
        str | None, typer.Option("--origin", help="Where the prompts come from, for the card.")
    ] = None,
    completions: Annotated[
        bool, typer.Option(help="Add the recorded calls of the annotators.")
    ] = True,
    embeddings: Annotated[
        bool, typer.Option(help="Add the vectors: another machine's may differ.")
    ] = True,
    json: options.Json = False,
) -> None:
    """Make a release of a finished run: questions, records, settings, card, checksums.

    What goes out is searched for private texts once more; with any found nothing is written.

    Example: `benchbuilder release build --run runs/june --name june --version 1.0`
    """
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.console import messages, output, print_json, working
    from benchbuilder.errors import InputError
    from benchbuilder.release.build import Naming, build_release
    from benchbuilder.release.card import Statement
    from benchbuilder.releasing import source_of

    naming = Naming(name, version, Statement(licence, origin))
    folder = out / naming.folder
    if folder.exists():
        raise InputError(
            "is there already; a release is never written over",
            file=folder,
            hint="choose another --version, or remove the folder",
        )
    source = source_of(RunFolder(run), completions=completions)
    out.mkdir(parents=True, exist_ok=True)
    with working("building the release"):
        digest = build_release(source, naming, folder, embeddings=embeddings)
    if json:
        print_json({"release": str(folder), "digest": digest, "places": []})
        return
    output().print(f"{folder}\ndigest {digest}", markup=False, soft_wrap=True)
    messages().print(f"next: benchbuilder release verify {folder}", markup=False, soft_wrap=True)


def verify(folder: Folder, json: options.Json = False) -> None:
    """Check a release from its folder alone; exit code 1 when anything is wrong.

    Checksums, schemas, counts, digest, ids, annotations, completions, private texts; and the
    settings must choose the same questions from the records again.

    Example: `benchbuilder release verify releases/june-1.0`
    """
    from benchbuilder.console import output, print_json, working
    from benchbuilder.release.verify import CHECKS
    from benchbuilder.release.verify import verify as check
    from benchbuilder.releasing import reselect

    with working("checking the release"):
        found = check(folder, reselect)
    if json:
        print_json(
            {
                "release": found.name,
                "digest": found.digest,
                "ok": found.ok,
                "findings": [finding._asdict() for finding in found.findings],
                "skipped": found.skipped,
            }
        )
    else:
        wrong = {finding.check for finding in found.findings}
        lines = [f"{found.name}  digest {found.digest}"]
        for name in CHECKS:
            told = f"skipped: {found.skipped[name]}" if name in found.skipped else "ok"
            lines.append(f"  {name:<12} {'WRONG' if name in wrong else told}")
        lines += [f"{finding}" for finding in found.findings]
        output().print("\n".join(lines), markup=False, soft_wrap=True)
    if not found.ok:
        raise typer.Exit(1)


def import_calls(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RELEASE_OR_FILE", help="A release, or what `status --calls` wrote."
        ),
    ],
    run: options.Run,
    json: options.Json = False,
) -> None:
    """Add recorded calls to a run folder: what was asked there is not paid for again here.

    Example: `benchbuilder release import-calls releases/june-1.0 --run runs/july`
    """
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.console import messages, print_json
    from benchbuilder.regenerating import import_calls as add
    from benchbuilder.release.verify import demand_intact

    if not source.is_file():
        demand_intact(source)
    target = RunFolder(run, create=True)
    with target.lock():
        new = add(source, target)
    if json:
        print_json({"run": str(run), "new": new})
    else:
        messages().print(f"{new:,} recorded calls added to {run}", markup=False, soft_wrap=True)


def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="The earlier release.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="The later one.")],
    judgments_a: Annotated[
        Path | None,
        typer.Option("--judgments-a", help="Judgments on A: a run folder or a file."),
    ] = None,
    judgments_b: Annotated[
        Path | None, typer.Option("--judgments-b", help="Judgments on B, likewise.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Compare two releases: questions, topics, scores, settings, leaderboards; as Markdown.

    With judgments on both, models that were judged on both are compared on paired questions.

    Example: `benchbuilder release diff releases/june-1.0 releases/june-1.1 > comment.md`
    """
    from benchbuilder.console import print_json
    from benchbuilder.release.diff import compare, read_release
    from benchbuilder.release.pull_request import markdown
    from benchbuilder.sources.judgments import read_judgments

    if (judgments_a is None) != (judgments_b is None):
        raise typer.BadParameter("--judgments-a and --judgments-b come together")
    found = compare(
        read_release(before),
        read_release(after),
        judgments_a=read_judgments([judgments_a]) if judgments_a else None,
        judgments_b=read_judgments([judgments_b]) if judgments_b else None,
    )
    if json:
        print_json(found)
    else:
        typer.echo(markdown(found), nl=False)


def export(
    format_: Annotated[
        Format, typer.Argument(metavar="FORMAT", help=", ".join(Format), show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", help="The folder to write; made where missing.")],
    run: Annotated[
        Path | None,
        typer.Option("--run", help="A run folder: answers and judgments, and its questions."),
    ] = None,
    release: Annotated[
        Path | None, typer.Option("--release", help="A release: its questions in place of a run's.")
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", help="The model of AlpacaEval's reference outputs."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Write questions, answers and judgments in the form of another tool.

    `arena-hard` is the folder of Arena-Hard 2.0: question.jsonl, model_answer/MODEL.jsonl and
    model_judgment/JUDGE/MODEL.jsonl; `arena-hard-v0.1` has the fields of 0.1. `alpaca-eval`:
    alpaca_eval.json and model_outputs.
    `huggingface`: a dataset folder. `lm-eval`, `inspect`: task files that collect answers.

    Example: `benchbuilder release export arena-hard --run runs/june --out exports/june`
    """
    from benchbuilder.cli.exporting import write
    from benchbuilder.console import messages, output, print_json

    if run is None and release is None:
        raise typer.BadParameter("give --run, --release or both")
    written, unit = write(format_, run, release, out, baseline)
    if json:
        print_json({"format": format_, "out": str(out), "files": written})
        return
    for path, size in written.items():
        output().print(f"{path}: {size:,} {unit}", markup=False, highlight=False, soft_wrap=True)
    messages().print(f"wrote {len(written)} files to {out}", markup=False, soft_wrap=True)
