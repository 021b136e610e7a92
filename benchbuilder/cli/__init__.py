"""The command line: parse, call, print. The only place that chooses an exit code.

0 ok, 1 an error that BenchBuilder explains, 2 wrong usage, 3 finished below a quality threshold.
Commands import what they need when they run, so that ``--help`` answers at once.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated, Any, NoReturn

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

#: The exit code of a command that was called with words it does not know.
WRONG_USAGE = 2

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
        _fail(error, type(error).__name__)
    except OSError as error:
        if error.filename is None:  # not about a file of the user's: a bug of ours
            raise
        reason = error.strerror or type(error).__name__
        hint = "check that the path is right, that it can be written, and that the disk is not full"
        _fail(BenchBuilderError(f"{error.filename}: {reason}", hint=hint), "OSError")
    except SystemExit as end:
        # Typer has printed what is wrong with the words of the command; scripts get it, too.
        told = getattr(end.__context__, "format_message", None)
        if end.code == WRONG_USAGE and told is not None and _for_scripts():
            command = getattr(getattr(end.__context__, "ctx", None), "command_path", app.info.name)
            _print_error_json("UsageError", told(), f"{command} --help")
        raise


def _fail(error: BenchBuilderError, kind: str) -> NoReturn:
    from benchbuilder.console import print_error

    print_error(error)
    if _for_scripts():
        _print_error_json(kind, str(error), error.hint, **error.details())
    sys.exit(1)


def _for_scripts() -> bool:
    return "--json" in sys.argv


def _print_error_json(kind: str, message: str, hint: str | None, **details: Any) -> None:
    from benchbuilder.console import print_json

    print_json({**details, "error": {"kind": kind, "message": message, "hint": hint}})
