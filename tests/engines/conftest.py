"""A real cluster: two node processes on this machine, of one core each."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from benchbuilder.engines import open_engine


@dataclass
class Cluster:
    """Where the head listens, and its second node."""

    address: str
    worker: subprocess.Popen[bytes]

    def lose_the_worker(self) -> None:
        """As a machine is lost: everything on it at once."""
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait()


@pytest.fixture
def short_path() -> Iterator[str]:
    """The names of Ray's sockets must be shorter than below pytest's own folders."""
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:
        yield folder


@pytest.fixture
def cluster(short_path: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    ray = pytest.importorskip("ray", reason="the extra `distributed` is not installed")
    # Nodes and drivers of one machine need no token; a cluster over a network should have one.
    for name, value in (("RAY_AUTH_MODE", "disabled"), ("RAY_USAGE_STATS_ENABLED", "0")):
        monkeypatch.setenv(name, value)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    monkeypatch.setenv("RAY_ADDRESS", address)
    with _node("--head", f"--port={port}", f"--temp-dir={short_path}", "--include-dashboard=false"):
        _wait_for(port)
        # All nodes have one address here. A driver that comes later may hang on to the second one,
        # and ends with it.
        open_engine("ray")
        with _node(f"--address={address}") as worker:
            yield Cluster(address, worker)
            ray.shutdown()


@contextmanager
def _node(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--num-cpus=1",
        "--node-ip-address=127.0.0.1", "--object-store-memory=100000000", *arguments,
    ]  # fmt: skip
    node = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield node
    finally:
        if node.poll() is None:
            os.killpg(node.pid, signal.SIGKILL)
        node.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("the head of the cluster does not listen")
