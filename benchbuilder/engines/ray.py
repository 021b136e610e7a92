"""An engine on a running Ray cluster: a task for each block, results in the order of the blocks.

Tasks of Ray's core, not Ray Data or Daft: on this work they cost least (docs/scale.md has the
figures). A task that is lost with its node is done again elsewhere by Ray itself; the functions are
pure, so that a second time gives what the first would have given.
"""

from __future__ import annotations

import itertools
import logging
import os
import pickle
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from benchbuilder.engines.nodes import demand_alike, demand_weights
from benchbuilder.errors import EngineError
from benchbuilder.settings import EmbedSettings
from benchbuilder.sources.spread import Item, Result, Spread

# Per core of the cluster: work enough for while the driver writes down a batch.
_BLOCKS_AHEAD = 8
# Blocks and results of up to so many bytes travel within the calls. Above 100 KB Ray would take the
# way of its object store, where each task waits for a worker anew, and a result of another node may
# come a second late (Ray 2.60).
_IN_CALLS = {"RAY_max_direct_call_object_size": "10000000"}
_KNOCK_SECONDS = 10.0
_TRIES = 20


class RayEngine:
    """Connects once, to a cluster that is there; it starts none.

    Raises:
        EngineError: Ray is not installed, no cluster answers, or its nodes run something else.
    """

    name = "ray"

    def __init__(self, address: str | None = None) -> None:
        self._ray = _connect(address)
        demand_alike(self._ray)

    @property
    def rows(self) -> Spread:
        return self._spread(num_gpus=0)

    def blocks(self, *, gpu: bool) -> Spread:
        """See ``Engine.blocks``."""
        wanted = gpu and bool(self._ray.cluster_resources().get("GPU"))
        return self._spread(num_gpus=int(wanted))

    def size(self) -> str:
        """Nodes, cores and GPUs."""
        nodes = sum(bool(node["Alive"]) for node in self._ray.nodes())
        gpus = int(self._ray.cluster_resources().get("GPU", 0))
        return f"{nodes} nodes, {self._cores()} cores, {gpus} GPUs"

    def demand_encoder(self, settings: EmbedSettings) -> None:
        """See ``Engine.demand_encoder``."""
        demand_weights(self._ray, settings)

    def _spread(self, *, num_gpus: int) -> Spread:
        ray = self._ray
        # Each lost node costs its tasks one try; a block that kills its process must not go on.
        task = ray.remote(max_retries=_TRIES, num_gpus=num_gpus)(_do_packed)

        def spread(
            function: Callable[[Item], Result], items: Iterable[Item], /
        ) -> Iterator[Result]:
            remaining = iter(items)
            running: deque[Any] = deque()
            try:
                while True:
                    wanted = _BLOCKS_AHEAD * max(1, self._cores()) - len(running)
                    for item in itertools.islice(remaining, max(0, wanted)):
                        running.append(task.remote(function, pickle.dumps(item)))
                    if not running:
                        return
                    yield pickle.loads(_get(ray, running[0]))
                    running.popleft()
            finally:  # who stops listening, by an error or Ctrl-C, leaves the cluster no work
                for waiting in running:
                    ray.cancel(waiting)

        return spread

    def _cores(self) -> int:
        """Asked anew each time: clusters grow and shrink while they work."""
        return int(self._ray.cluster_resources().get("CPU", 1))


def _get(ray: Any, task: Any) -> Any:
    """The result of a task; an error of the function is raised as it would be here.

    Raises:
        EngineError: the cluster could not do it.
    """
    try:
        return ray.get(task)
    except ray.exceptions.RayError as error:
        cause = getattr(error, "cause", None)
        if cause is not None and not isinstance(cause, ray.exceptions.RayError):
            raise cause from error
        raise EngineError(
            f"the cluster gave a block up after {_TRIES} tries: {type(error).__name__}",
            hint="ray status, then the same command again: finished stages are kept",
        ) from error


def _do_packed(function: Callable[[Any], Any], packed: bytes) -> bytes:
    """A block packed by ``pickle``: Ray's own pickler asks Python about every object, and rows of a
    dump are many small ones."""
    return pickle.dumps(function(pickle.loads(packed)))


def _connect(address: str | None) -> Any:
    # A run makes no calls of its own. The driver reads these when Ray is imported.
    for name, value in {"RAY_USAGE_STATS_ENABLED": "0", **_IN_CALLS}.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise EngineError(
            "the engine ray is not installed", hint="pip install 'benchbuilder[distributed]'"
        ) from error
    place = address or os.environ.get("RAY_ADDRESS") or "auto"
    try:
        _knock(place)
        ray.init(
            address=place, ignore_reinit_error=True, log_to_driver=False,
            logging_level=logging.ERROR, configure_logging=False,
            runtime_env={"env_vars": _IN_CALLS},
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise EngineError(
            f"no Ray cluster answers at {place}",
            hint="ray start --head, or export RAY_ADDRESS=HOST:6379",
        ) from error
    except RuntimeError as error:
        raise EngineError(
            f"the Ray cluster at {place} does not fit: {str(error).strip().splitlines()[0]}",
            hint="install the cluster's versions of Ray and Python here",
        ) from error
    return ray


def _knock(place: str) -> None:
    """Ray itself would wait for minutes for a port where nobody listens."""
    host, _, port = place.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=_KNOCK_SECONDS).close()
