"""The terminal: where results and progress go, and how an error looks.

Results go to standard output, everything else to standard error. Progress bars are drawn on a
terminal only; a pipe or a CI log gets results and notes, nothing that moves.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from benchbuilder.errors import BenchBuilderError
from benchbuilder.observe import Observer, Silent
from benchbuilder.runner import StageResult

#: Reports are laid out for this width where the terminal is not narrower.
WIDTH = 80


def output() -> Console:
    """Standard output; 80 columns where it is no terminal, so that logs look alike everywhere."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDTH)


def messages() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """The one JSON document of ``--json``; escaped where the output cannot hold every character."""
    escaped = (sys.stdout.encoding or "utf-8").lower() not in ("utf-8", "utf8")
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=escaped, allow_nan=False) + "\n")


def print_error(error: BenchBuilderError) -> None:
    """One message and the next step; never a traceback."""
    console = messages()
    console.print(f"[bold red]error:[/] {_plain(str(error))}", soft_wrap=True)
    if error.hint:
        console.print(f"[bold]next:[/]  {_plain(error.hint)}", soft_wrap=True)


def print_notes(notes: tuple[str, ...] | list[str]) -> None:
    """What the user must read, on standard error so that it survives a pipe."""
    for note in notes:
        messages().print(f"[yellow]note:[/] {_plain(note)}", soft_wrap=True)


@contextmanager
def working(what: str) -> Iterator[None]:
    """A spinner and the time so far, for work that counts no items; silent in a pipe."""
    console = messages()
    if not console.is_terminal:
        yield
        return
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as spinner:
        spinner.add_task(what, total=None)
        yield


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


class ProgressBars:
    """Follows a run with one bar per stage; use as a context manager."""

    def __init__(self) -> None:
        console = messages()
        self._bars = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            _Rate(),
            TextColumn("{task.fields[told]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._open: dict[str, TaskID] = {}

    def __enter__(self) -> ProgressBars:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def started(self, stage: str) -> Observer:
        task = self._bars.add_task(stage, total=None, told="")
        self._open[stage] = task
        return _Bar(self._bars, task)

    def finished(self, result: StageResult) -> None:
        task = self._open.pop(result.name, None)
        if task is None:
            task = self._bars.add_task(result.name, total=1, told="")
        told = "" if result.state == "complete" else result.state
        done = max(1, *result.rows.values())  # the rows of its largest artifact
        self._bars.update(task, total=done, completed=done, told=told)


class _Rate(ProgressColumn):
    """Items a second, while there are any to speak of."""

    def render(self, task: Task) -> Text:
        speed = None if task.finished else task.speed
        return Text("" if speed is None or speed < 1 else f"{speed:,.0f}/s")


class _Bar(Silent):
    """The observer of one stage: moves its bar; notes are printed once the run is over."""

    def __init__(self, bars: Progress, task: TaskID) -> None:
        super().__init__()
        self._bars, self._task = bars, task

    def progress(self, done: int, total: int | None = None) -> None:
        self._bars.update(self._task, completed=done, total=total)

    def figure(self, name: str, value: Any) -> None:
        if name == "cost_usd" and isinstance(value, float):
            self._bars.update(self._task, told=f"${value:.2f}")
