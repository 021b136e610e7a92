"""The wheel works by itself: presets, templates, demo and starter travel in it.

The environment has the wheel and, through a path file, the libraries of this one; an editable
install of this checkout is not among them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment with the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder, ROOT], check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "env"], check=True)
    commands = folder / "env" / "bin"
    target = sysconfig.get_path(
        "purelib", vars={"base": str(folder / "env"), "platbase": str(folder / "env")}
    )
    (Path(target) / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run(
        [*pip, "--python", commands / "python", "install", "--no-deps", wheel], check=True
    )
    return commands


def benchbuilder(commands: Path, folder: Path, *words: str) -> str:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [commands / "benchbuilder", *words],
        cwd=folder, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_the_wheel_that_runs(installed: Path, tmp_path: Path) -> None:
    code = "import benchbuilder; print(benchbuilder.__file__)"
    done = subprocess.run(
        [installed / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert installed.parent in Path(done.stdout.strip()).parents


def test_from_an_empty_folder_to_a_verified_release(installed: Path, tmp_path: Path) -> None:
    benchbuilder(installed, tmp_path, "init", "mine")
    folder = tmp_path / "mine"
    benchbuilder(installed, folder, "curate", "dump", "--config", "benchbuilder.yaml", "--run",
                 "run", "--offline")  # fmt: skip
    benchbuilder(installed, folder, "release", "build", "--run", "run", "--name", "mine",
                 "--version", "1.0")  # fmt: skip
    told = benchbuilder(installed, folder, "release", "verify", "releases/mine-1.0", "--json")
    assert json.loads(told)["ok"]


@pytest.mark.parametrize(
    ("here", "there"), [("configs", "configs"), ("prompts", "prompts"), ("data/demo", "demo")]
)
def test_what_stands_at_the_top_level_travels(installed: Path, here: str, there: str) -> None:
    (package,) = installed.parent.glob("lib/*/site-packages/benchbuilder")
    assert contents(package / there) == contents(ROOT / here)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
