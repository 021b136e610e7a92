"""The options that commands share, written once."""

from __future__ import annotations

from enum import StrEnum
from json import dumps
from pathlib import Path
from typing import Annotated

import typer


class EngineName(StrEnum):
    """What does the work of row stages."""

    LOCAL = "local"
    RAY = "ray"


def run_place(text: str) -> Path:
    """A run folder; of one in a bucket its local copy, as new as the bucket."""
    from benchbuilder.remote.places import is_url

    if not text.strip():
        raise typer.BadParameter("the name of a run folder is empty")
    if not is_url(text):
        return Path(text)
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.remote.origin import working_copy

    return RunFolder(working_copy(text)).path


def input_place(text: str) -> Path:
    """An input file, folder or pattern; of one in a bucket its local copy."""
    from benchbuilder.remote.fetch import local_path

    return local_path(text)


Run = Annotated[
    Path,
    typer.Option(
        "--run",
        parser=run_place,
        metavar="PATH",
        help="The run folder: artifacts, manifest, completions. Also s3://bucket/run.",
    ),
]
ConfigFile = Annotated[
    str | None,
    typer.Option(
        "--config",
        help="A YAML file or a preset. Without it: the run's own config, else `default`.",
        show_default=False,
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Lay one setting over the config; repeatable."),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Call no model: every completion must be recorded.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would run, and why; run nothing.")
]
MaxCost = Annotated[
    float | None,
    typer.Option("--max-cost-usd", metavar="X", help="Stop before spending more than this."),
]
Engine = Annotated[
    EngineName,
    typer.Option(
        "--engine",
        help="What does the work: this machine, or a running Ray cluster (RAY_ADDRESS says where).",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def setting(key: str, text: str) -> str:
    """``key=value`` for ``--set``, quoted: a column may be called `no`, a model `4`."""
    return f"{key}={dumps(text)}"
