"""The same dump gives the same release, whoever builds it, where and when."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.release.made import LIGHT, write_dump

ROOT = Path(__file__).resolve().parents[2]
HERE = {"TZ": "UTC", "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "threads": "1"}
ELSEWHERE = {
    "TZ": "Asia/Kathmandu",
    "PYTHONHASHSEED": "4242",
    # A terminal that knows ASCII only, and a Python that may not mend that.
    "LC_ALL": "POSIX",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONUTF8": "0",
    "threads": "3",
}


def build_in_clone(clone: Path, dump: Path, surroundings: dict[str, str]) -> Path:
    """Copy the package, curate and build with it, as another person would."""
    for name in ("benchbuilder", "configs", "prompts"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    threads = surroundings["threads"]
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))},
        **{key: value for key, value in surroundings.items() if key != "threads"},
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), threads),
        "PYTHONPATH": str(clone),
    }
    shutil.copy(dump, clone / f"dump-{threads}.jsonl")
    where = ("--run", "run")
    for words in (
        ("curate", f"dump-{threads}.jsonl", *where, *LIGHT),
        ("release", "build", *where, "--name", "june", "--version", "1.0", "--out", "."),
    ):
        subprocess.run(
            [sys.executable, "-m", "benchbuilder", *words],
            cwd=clone, env=env, check=True, capture_output=True,
        )  # fmt: skip
    return clone / "june-1.0"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize(
    "rows", [36, pytest.param(400, marks=pytest.mark.slow)], ids=["one topic", "many topics"]
)
def test_two_clones_build_the_same_release_byte_for_byte(tmp_path: Path, rows: int) -> None:
    dump = write_dump(tmp_path / "dump.jsonl", rows)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(build_in_clone, tmp_path / "here", dump, HERE)
        second = pool.submit(build_in_clone, tmp_path / "there", dump, ELSEWHERE)
        here, there = contents(first.result()), contents(second.result())
    assert here.keys() == there.keys()
    # File by file, so that a difference is named.
    assert [name for name in here if here[name] != there[name]] == []
