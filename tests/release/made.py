"""A small curated run and its release, made once a worker and copied by tests that change it."""

from __future__ import annotations

import atexit
import json
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import yaml

from benchbuilder.release.layout import write_checksums
from benchbuilder.resources import demo_path
from tests.cli.commands import run

LIGHT = ("--set", "embed.backend=tfidf", "--set", "embed.dimensions=16",
         "--set", "sample.max_share=0.5")  # fmt: skip


def write_dump(path: Path, rows: int = 36, *, start: int = 0) -> Path:
    """Conversations of the demo that have a text."""
    lines = (demo_path() / "part_a.jsonl").read_text(encoding="utf-8").splitlines()
    whole = [line for line in lines if (json.loads(line)["conversation"] or [{}])[0].get("content")]
    path.write_text("\n".join(whole[start : start + rows]) + "\n", encoding="utf-8")
    return path


@cache
def made() -> Path:
    """A folder with chats.jsonl, the finished run `run`, and its release `june-1.0`."""
    folder = Path(mkdtemp(prefix="release-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_dump(folder / "chats.jsonl")
    run("curate", folder / "chats.jsonl", "--run", folder / "run", *LIGHT)
    build(folder / "run", folder)
    return folder


def build(run_folder: Path, out: Path, *more: object, version: str = "1.0") -> Path:
    """The folder of a release that was built just now."""
    run("release", "build", "--run", run_folder, "--name", "june", "--version", version,
        "--out", out, *more)  # fmt: skip
    return out / f"june-{version}"


def edit_config(folder: Path, section: str, **values: Any) -> None:
    """Change settings of a release and sign it anew, as a forger would."""
    path = folder / "config.yaml"
    config = yaml.safe_load(path.read_text())
    config[section] |= values
    path.write_text(yaml.safe_dump(config))
    write_checksums(folder)
