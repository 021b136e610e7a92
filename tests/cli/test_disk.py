"""What Ctrl-C, a full disk, a place without rights and a second process look like to a user."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.commands import LIGHT, demo_dump, run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_dump(tmp_path_factory.mktemp("dump"))


def test_a_full_disk_is_one_message_and_what_is_finished_stays(dump: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: writing fails alike."""
    words = ("curate", str(dump), "--run", str(tmp_path / "run"), *LIGHT)

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))

    full = subprocess.run(
        [sys.executable, "-m", "benchbuilder", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "."},
        preexec_fn=small_files,
        capture_output=True,
        text=True,
        check=False,
    )
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert "no space is left on the disk" in full.stderr
    assert "run the same command again" in full.stderr
    assert not (tmp_path / "run" / "conversations.parquet").exists()
    run(*words)
    assert not list((tmp_path / "run").glob("*.partial"))


def test_a_place_that_cannot_be_written_is_one_message(dump: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("curate", dump, "--run", tmp_path / "file" / "run", *LIGHT, code=1)
    assert "cannot write to the run folder" in done.stderr
    done = run("doctor", "--config", tmp_path / "file" / "my.yaml", code=1)
    assert "no config file or preset" in done.stderr
    done = run("init", tmp_path / "file" / "june", code=1)
    assert f"{tmp_path / 'file' / 'june'}: Not a directory" in done.stderr
    assert "next:" in done.stderr


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "chats.jsonl")  # a dump that never comes
    program = subprocess.Popen(
        [sys.executable, "-m", "benchbuilder", "ingest", "chats.jsonl", "--run", "run"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "run" / ".lock").exists():
        assert program.poll() is None
        time.sleep(0.02)
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=30)
    assert program.returncode == 130
    assert said == "stopped; what is finished stays: the same command goes on\n"


def test_a_second_process_on_a_run_folder_waits_for_nobody(dump: Path, tmp_path: Path) -> None:
    from benchbuilder.artifacts import RunFolder

    run("ingest", dump, "--run", tmp_path / "run")
    with RunFolder(tmp_path / "run").lock():
        done = run("embed", "--run", tmp_path / "run", *LIGHT, code=1)
        assert "another benchbuilder process is working on" in done.stderr
        assert "wait for it to end" in done.stderr
        run("status", tmp_path / "run")
        run("embed", "--run", tmp_path / "run", *LIGHT, "--dry-run")
    run("embed", "--run", tmp_path / "run", *LIGHT)
