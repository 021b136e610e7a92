"""Run the command as a user does, inside this process: imports are paid once."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from benchbuilder.cli import main
from benchbuilder.resources import demo_path

#: An encoder that needs no weights and little time.
LIGHT = ("--set", "embed.backend=tfidf", "--set", "embed.dimensions=16")


@dataclass(frozen=True)
class Finished:
    """What a command printed."""

    stdout: str
    stderr: str
    code: int = 0


def run(*arguments: object, code: int | None = 0) -> Finished:
    """The finished command; its exit code must be ``code``, where that is not None. A bug's
    traceback fails the test."""
    stdout, stderr = io.StringIO(), io.StringIO()
    found = 0
    words = ["benchbuilder", *map(str, arguments)]
    with patch.object(sys, "argv", words), redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            main()
        except SystemExit as end:
            found = int(end.code or 0)
    done = Finished(stdout.getvalue(), stderr.getvalue(), found)
    assert code is None or found == code, f"exit {found}\n{done.stdout}\n{done.stderr}"
    return done


def demo_dump(folder: Path, *, part: str = "part_a", first: int = 0, count: int = 40) -> Path:
    """A dump of some conversations of the demo, in order."""
    lines = (demo_path() / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
    path = folder / "chats.jsonl"
    path.write_text("\n".join(lines[first : first + count]) + "\n", encoding="utf-8")
    return path
