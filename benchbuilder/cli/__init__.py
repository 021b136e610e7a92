"""The command line: parse, call, print. The only place that chooses an exit code.

0 ok, 1 an error that BenchBuilder explains, 2 wrong usage, 3 finished below a quality threshold.
Commands import what they need when they run, so that ``--help`` answers at once.
"""

from __future__ import annotations

import errno
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

#: A disk, a quota or a file that is full.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
#: The exit code of a command that was called with words it does not know.
WRONG_USAGE = 2
#: That of one that was stopped with Ctrl-C, as shells have it.
STOPPED = 130

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
        if error.filename is None and error.errno not in _NO_ROOM:  # a bug of ours
            raise
        _fail(_of_the_machine(error), "OSError")
    except SystemExit as end:
        if end.code == STOPPED:
            typer.echo("stopped; what is finished stays: the same command goes on", err=True)
        # Typer has printed what is wrong with the words of the command; scripts get it, too.
        told = getattr(end.__context__, "format_message", None)
        if end.code == WRONG_USAGE and told is not None and _for_scripts():
            command = getattr(getattr(end.__context__, "ctx", None), "command_path", app.info.name)
            _print_error_json("UsageError", told(), f"{command} --help")
        raise


def _of_the_machine(error: OSError) -> BenchBuilderError:
    """A file that cannot be read or written, or a full disk (Arrow then names no file)."""
    if error.errno in _NO_ROOM:
        where = f"{error.filename}: " if error.filename else ""
        return BenchBuilderError(
            f"{where}no space is left on the disk",
            hint="make room (df -h shows where) and run the same command again: what is finished "
            "stays",
        )
    reason = error.strerror or type(error).__name__
    hint = f"check the path, and who may read and write it: ls -ld {error.filename}"
    return BenchBuilderError(f"{error.filename}: {reason}", hint=hint)


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
