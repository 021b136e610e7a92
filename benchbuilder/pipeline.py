"""The stages of curation: name, function, inputs, outputs, version, and what each is given.

A stage's *identity* is what decides its result beside settings and inputs (the digest of a dump, of
weights, of a template). Its *arguments* are made only when it runs: they load models and open
clients.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchbuilder import encoders, sources
from benchbuilder.artifacts import COMPLETIONS, RunFolder, file_digest, value_digest
from benchbuilder.config import Config, Settings
from benchbuilder.errors import InputError
from benchbuilder.llm.client import open_client
from benchbuilder.llm.types import Complete
from benchbuilder.observe import Observer
from benchbuilder.resources import heads_path, template_path
from benchbuilder.stages.annotate import annotate
from benchbuilder.stages.cluster import cluster
from benchbuilder.stages.embed import embed
from benchbuilder.stages.ingest import ingest
from benchbuilder.stages.sample import sample

LOCAL = "local"
Arguments = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """What a run is given beside its inputs; nothing here but ``config`` and dumps enters a key."""

    config: Config
    folder: RunFolder
    dumps: tuple[Path, ...] = ()
    offline: bool = False
    max_cost_usd: float | None = None


@dataclass(frozen=True)
class Stage:
    """One step from artifacts to artifacts, bound to a context (see ``runner.Runnable``)."""

    name: str
    function: Callable[..., Any]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    version: int
    context: Context
    given: Callable[[Context, Observer], Arguments]
    identify: Callable[[Context], dict[str, Any]]
    streams: bool = False  # the first input comes batch by batch
    libraries: tuple[str, ...] = ()

    def settings(self) -> dict[str, Any]:
        return self._section().decisive()

    def identity(self) -> dict[str, Any]:
        return self.identify(self.context)

    def arguments(self, observe: Observer) -> Arguments:
        return {"settings": self._section(), **self.given(self.context, observe)}

    def failure_limit(self) -> float | None:
        limit: float | None = getattr(self._section(), "max_failure_rate", None)
        return limit

    def _section(self) -> Settings:
        section: Settings = getattr(self.context.config, self.name)
        return section


def curation(context: Context) -> list[Stage]:
    """The five stages from a dump to questions, in order."""
    return [
        Stage(
            "ingest",
            ingest,
            (),
            ("conversations", "prompts", "rejects"),
            1,
            context,
            lambda c, observe: {
                "conversations": sources.read_dump(c.dumps, c.config.ingest, observe)
            },
            _identify_dumps,
            libraries=("eldc",),
        ),
        Stage(
            "embed",
            embed,
            ("prompts",),
            ("embeddings",),
            1,
            context,
            lambda c, observe: {"encoder": encoders.open_encoder(c.config.embed)},
            lambda c: {"encoder": encoders.identify(c.config.embed)},
            streams=True,
            libraries=("sentence-transformers", "torch", "scikit-learn"),
        ),
        Stage(
            "cluster",
            cluster,
            ("prompts", "embeddings"),
            ("clusters", "topics"),
            1,
            context,
            lambda c, observe: {},
            lambda c: {},
            libraries=("umap-learn", "hdbscan", "numba", "scikit-learn"),
        ),
        Stage(
            "annotate",
            annotate,
            ("prompts", "embeddings"),
            ("annotations",),
            1,
            context,
            _annotator,
            _identify_annotator,
            streams=True,
            libraries=("openai",),
        ),
        Stage(
            "sample",
            sample,
            ("prompts", "clusters", "topics", "annotations"),
            ("selection", "topic_scores", "questions"),
            1,
            context,
            lambda c, observe: {},
            lambda c: {},
        ),
    ]


def model_client(context: Context, name: str, observe: Observer) -> Complete:
    """A client for a declared model that records every call in the run folder."""
    return open_client(
        name,
        context.config.declared_model(name),
        cache_path=context.folder.path / COMPLETIONS,
        offline=context.offline,
        max_cost_usd=context.max_cost_usd,
        observe=observe,
    )


def identify_model(context: Context, name: str, template: str) -> dict[str, Any]:
    """What decides a model's output: its settings that are sent, and the template's digest."""
    return {
        "model": context.config.declared_model(name).decisive() | {"name": name},
        "template": file_digest(_existing_template(template)),
    }


def local_head(config: Config) -> str:
    """The head that was asked for, else the shipped one that fits the run's embeddings."""
    if config.annotate.head:
        return config.annotate.head
    model = encoders.identify(config.embed).get("model")
    return "minilm" if model == "sentence-transformers/all-MiniLM-L6-v2" else "surface"


def _head_file(config: Config) -> Path:
    name = local_head(config)
    shipped = heads_path() / f"{name}.json"
    return shipped if shipped.is_file() else Path(name)


def _identify_dumps(context: Context) -> dict[str, Any]:
    """The digests of the dump's files, whatever their names; without paths, those of last time."""
    if not context.dumps:
        entry = context.folder.entry("conversations")
        if entry is None:
            raise InputError(
                "no dump was given and none was read before",
                hint=f"benchbuilder curate DUMP --run {context.folder.path}",
            )
        identity: dict[str, Any] = entry["made_from"]["identity"]
        return identity
    files = sources.expand(context.dumps)
    return {"dump": value_digest([file_digest(path) for path in files])}


def _annotator(context: Context, observe: Observer) -> Arguments:
    settings = context.config.annotate
    if settings.annotator == LOCAL:
        from benchbuilder.distilled.head import load_head

        return {"head": load_head(local_head(context.config))}
    return {
        "complete": model_client(context, settings.annotator, observe),
        "template": _existing_template(settings.template).read_text(encoding="utf-8"),
    }


def _identify_annotator(context: Context) -> dict[str, Any]:
    settings = context.config.annotate
    if settings.annotator == LOCAL:
        return {"head": file_digest(_head_file(context.config))}
    return identify_model(context, settings.annotator, settings.template)


def _existing_template(name: str) -> Path:
    path = template_path(name)
    if not path.is_file():
        raise InputError(
            f"no prompt template {name!r}", hint="name a shipped one, or the path of your own file"
        )
    return path
