"""A run that is killed or interrupted goes on where it was, and nothing is paid twice."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.llm.conftest import Serve
from tests.servers import Reply, ScriptedServer, answer, asked

CONCURRENCY = 8
PROGRAM = """
import sys
from pathlib import Path
from benchbuilder.settings import ModelSettings
from benchbuilder.llm.client import open_client
from benchbuilder.llm.types import Request
from benchbuilder.observe import Silent

url, cache, count, concurrency = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
settings = ModelSettings(base_url=url, concurrency=concurrency)
requests = [Request(f"q{n}", ({"role": "user", "content": f"q{n}"},)) for n in range(count)]
try:
    with open_client("m", settings, cache_path=cache, observe=Silent()) as complete:
        completions = complete(requests, accept=lambda text: None)
except KeyboardInterrupt:
    sys.exit(130)
assert [c.text for c in completions] == [f"re {r.id}" for r in requests]
print("done")
"""


Start = Callable[[ScriptedServer, Path, int], subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the program; whatever still runs at the end is killed."""
    programs: list[subprocess.Popen[str]] = []

    def start_one(server: ScriptedServer, cache: Path, count: int) -> subprocess.Popen[str]:
        arguments = [server.base_url, str(cache), str(count), str(CONCURRENCY)]
        program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        programs.append(program)
        return program

    yield start_one
    for program in programs:
        program.kill()
        program.communicate()


def storm(serve: Serve, start: Start, cache: Path, *, count: int, kills: int, seed: int) -> None:
    def script(body: dict[str, object], number: int) -> Reply:
        return Reply(body=answer(f"re {asked(body)}").body, delay_seconds=0.02)

    server = serve(script)
    moments = random.Random(seed)
    for _ in range(kills):
        program = start(server, cache, count)
        before = len(server.calls)
        wanted = moments.randint(1, max(1, 2 * count // (kills + 1)))
        while program.poll() is None and len(server.calls) < before + wanted:
            time.sleep(0.005)
        program.kill()
        program.communicate()
    program = start(server, cache, count)
    out, err = program.communicate(timeout=120)
    assert (program.returncode, out) == (0, "done\n"), err
    paid = Counter(asked(body) for body in server.calls)
    assert set(paid) == {f"q{n}" for n in range(count)}
    assert sum(paid.values()) <= count + kills * CONCURRENCY
    with sqlite3.connect(cache) as db:
        assert db.execute("SELECT COUNT(*) FROM calls WHERE final").fetchone() == (count,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_killed_twice_and_finished(serve: Serve, start: Start, tmp_path: Path) -> None:
    storm(serve, start, tmp_path / "c.sqlite", count=60, kills=2, seed=1)


@pytest.mark.slow
def test_killed_ten_times_during_500_calls(serve: Serve, start: Start, tmp_path: Path) -> None:
    storm(serve, start, tmp_path / "c.sqlite", count=500, kills=10, seed=2)


def test_ctrl_c_stops_at_once_and_keeps_what_is_done(
    serve: Serve, start: Start, tmp_path: Path
) -> None:
    slow = 240.0  # seconds of the calls in flight when Ctrl-C comes: nobody waits for them

    def script(body: dict[str, object], number: int) -> Reply:
        delay = 0.0 if number < 20 else slow
        return Reply(body=answer(f"re {asked(body)}").body, delay_seconds=delay)

    server = serve(script)
    program = start(server, tmp_path / "c.sqlite", 100)
    while len(server.calls) < 20 + CONCURRENCY:
        time.sleep(0.01)
    program.send_signal(signal.SIGINT)
    _, err = program.communicate(timeout=60)
    assert program.returncode == 130, err
    assert err == ""
    with sqlite3.connect(tmp_path / "c.sqlite") as db:
        assert db.execute("SELECT COUNT(*) FROM calls").fetchone() == (20,)
        assert db.execute("SELECT COUNT(*) FROM claims").fetchone() == (0,)


def test_two_programs_on_one_cache_pay_once(serve: Serve, start: Start, tmp_path: Path) -> None:
    server = serve(lambda body, _: Reply(body=answer(f"re {asked(body)}").body, delay_seconds=0.02))
    programs = [start(server, tmp_path / "c.sqlite", 60) for _ in range(2)]
    for program in programs:
        out, err = program.communicate(timeout=60)
        assert (program.returncode, out) == (0, "done\n"), err
    assert Counter(asked(body) for body in server.calls) == {f"q{n}": 1 for n in range(60)}
