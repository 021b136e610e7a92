"""``distill`` and ``validate``: how good is an annotator, in numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchbuilder.cli import options


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(distill)
    validate = typer.Typer(help="Hold an annotator against labels.", no_args_is_help=True)
    validate.command()(annotator)
    app.add_typer(validate, name="validate")
