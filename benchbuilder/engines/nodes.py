"""Whether every node of a cluster can do the work: versions and weights.

Keys are no matter of theirs: models are asked by the driver alone."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import Any, TypeVar

from benchbuilder.errors import BenchBuilderError, EngineError
from benchbuilder.settings import EmbedSettings

Answer = TypeVar("Answer")

#: What must be of one version everywhere, because results depend on it.
_ALIKE = ("benchbuilder", "pyarrow", "numpy", "rensa", "eldc")
_PATIENCE_SECONDS = 60.0


def versions() -> dict[str, str]:
    """What this process runs: Python, and the packages that results depend on."""
    found = {"python": platform.python_version()}
    for name in _ALIKE:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def weights_missing(settings: EmbedSettings) -> str | None:
    """Why this process cannot open the encoder, or null."""
    from benchbuilder.encoders import open_encoder

    try:
        open_encoder(settings)
    except BenchBuilderError as error:
        return str(error)
    return None


def on_each_node(
    ray: Any, function: Callable[..., Answer], *arguments: Any
) -> Iterator[tuple[str, Answer]]:
    """The address of each living node, and what the function answers there.

    Raises:
        EngineError: a node has no benchbuilder to run it, or does not answer in a minute.
    """
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    for node in ray.nodes():
        if not node["Alive"]:
            continue
        place = str(node["NodeManagerAddress"])
        pinned = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
        task = ray.remote(num_cpus=0, max_retries=1, scheduling_strategy=pinned)(function)
        try:
            yield place, ray.get(task.remote(*arguments), timeout=_PATIENCE_SECONDS)
        except ray.exceptions.GetTimeoutError as error:
            raise EngineError(f"node {place} does not answer", hint="ray status") from error
        except ray.exceptions.RayError as error:
            raise EngineError(
                f"node {place} cannot run benchbuilder: {str(error).strip().splitlines()[-1]}",
                hint=f"pip install benchbuilder=={metadata.version('benchbuilder')} on that node",
            ) from error


def demand_alike(ray: Any) -> None:
    """Every node runs what the driver runs.

    Raises:
        EngineError: a node has another version of something that results depend on.
    """
    ours = versions()
    for place, theirs in on_each_node(ray, versions):
        for name, version in ours.items():
            if theirs[name] != version:
                raise EngineError(
                    f"node {place} has {name} {theirs[name]}, and this machine has {version}",
                    hint=f"install {name} {version} on that node, or run from one like it",
                )


def demand_weights(ray: Any, settings: EmbedSettings) -> None:
    """Every node can open the encoder.

    Raises:
        EngineError: the weights of the model are missing on a node.
    """
    for place, reason in on_each_node(ray, weights_missing, settings):
        if reason is not None:
            raise EngineError(
                f"node {place} cannot embed: {reason}",
                hint="put the weights on every node, or --set embed.backend=tfidf",
            )
