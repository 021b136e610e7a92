"""The command line: parse, call, print. The only place that chooses an exit code.

0 ok, 1 an error that BenchBuilder explains, 2 wrong usage, 3 finished below a quality threshold.
Commands import what they need when they run, so that ``--help`` answers at once.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from benchbuilder import __version__
from benchbuilder.cli import (
    answering,
    benchmark,
    curation,
    inspect,
    judge_quality,
    judging,
    quality,
    release,
    starting,
)
from benchbuilder.errors import BenchBuilderError

app = typer.Typer(
    name="benchbuilder",
    help="From a crowdsourced prompt dump to a hard benchmark and a leaderboard to defend.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that stand before the command."""


starting.register(app)
curation.register(app)
answering.register(app)
judging.register(app)
quality.register(app)
benchmark.register(app)
judge_quality.register(app)
release.register(app)
inspect.register(app)


def main() -> None:
    """The entry point. Our own errors print one message; anything else is a bug of ours."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that knows ASCII only must not end a run on a dash.
            stream.reconfigure(errors="replace")
    try:
        app()
    except BenchBuilderError as error:
        from benchbuilder.console import print_error

        print_error(error)
        sys.exit(1)
    except OSError as error:
        if error.filename is None:  # not about a file of the user's: a bug of ours
            raise
        from benchbuilder.console import print_error

        reason = error.strerror or type(error).__name__
        hint = "check that the path is right, that it can be written, and that the disk is not full"
        print_error(BenchBuilderError(f"{error.filename}: {reason}", hint=hint))
        sys.exit(1)
