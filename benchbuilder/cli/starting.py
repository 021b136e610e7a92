"""``init``: a folder to start from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from benchbuilder.cli import options


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made where missing.")],
    name: Annotated[
        str | None, typer.Option("--name", help="Of the benchmark; without it: that of the folder.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Write a folder to start from: settings, templates, a tiny dump, a CI workflow.

    Example: `benchbuilder init my-benchmark`
    """
    from benchbuilder.console import output, print_json
    from benchbuilder.release.starting import write_starter

    called = re.sub(r"[^A-Za-z0-9._-]+", "-", name or folder.resolve().name).strip("-.")
    files = write_starter(folder, called or "benchmark")
    if json:
        print_json({"folder": str(folder), "name": called or "benchmark", "files": files})
        return
    lines = [*[f"  {file}" for file in files], "", f"next: cd {folder} && sh ci/benchmark.sh"]
    output().print("\n".join(lines), markup=False, soft_wrap=True)
