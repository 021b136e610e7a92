"""``release``: a benchmark as others take it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from benchbuilder.cli import options

#: The group of commands that other modules add theirs to.
release = typer.Typer(no_args_is_help=True)


class Format(StrEnum):
    """Whose form an export has."""

    ARENA_HARD = "arena-hard"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    release.command("export")(export)
    app.add_typer(release, name="release")


@release.callback()
def _release() -> None:
    """Hand on a benchmark: questions, answers and judgments in forms that others read."""


def export(
    format_: Annotated[Format, typer.Argument(metavar="FORMAT", help="arena-hard.")],
    run: options.Run,
    out: Annotated[Path, typer.Option("--out", help="The folder to write; made where missing.")],
    json: options.Json = False,
) -> None:
    """Write a run in the form of another tool, for its own scripts to read.

    `arena-hard` is the folder of Arena-Hard 2.0: question.jsonl, model_answer/MODEL.jsonl and
    model_judgment/JUDGE/MODEL.jsonl.

    Example: `benchbuilder release export arena-hard --run runs/june --out exports/june`
    """
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.console import messages, output, print_json
    from benchbuilder.judging.export import arena_hard_files, write_files

    folder = RunFolder(run)
    there = {name: folder.read(name) for name in ("answers", "judgments") if folder.entry(name)}
    written = write_files(arena_hard_files(folder.read("questions"), **there), out)
    if json:
        print_json({"format": format_, "out": str(out), "files": written})
        return
    for path, rows in written.items():
        output().print(f"{path}: {rows:,} rows", markup=False, highlight=False, soft_wrap=True)
    messages().print(f"wrote {len(written)} files to {out}", markup=False, soft_wrap=True)
