"""What annotation and sampling are given beside artifacts: annotators, lists, benchmarks."""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path

from benchbuilder import encoders
from benchbuilder.config import Config
from benchbuilder.contamination.known import read_known
from benchbuilder.digests import file_digest
from benchbuilder.distilled.elsewhere import HeadElsewhere
from benchbuilder.distilled.head import Head, load_head
from benchbuilder.embedding import identify_encoder, open_encoder
from benchbuilder.errors import ConfigError, InputError
from benchbuilder.llm.types import Complete
from benchbuilder.observe import CostSum, Observer
from benchbuilder.resources import heads_path
from benchbuilder.sampling.choice import questions_wanted
from benchbuilder.settings import LOCAL, AnnotateSettings
from benchbuilder.sources.id_lists import read_id_lists
from benchbuilder.sources.paths import expand
from benchbuilder.stage import (
    Arguments,
    Context,
    Identity,
    demand_model,
    identify_file,
    identify_model,
    model_client,
    read_template,
)

MINILM = "sentence-transformers/all-MiniLM-L6-v2"


def local_head(config: Config) -> str:
    """The head that was asked for, else the shipped one that fits the run's embeddings."""
    if config.annotate.head:
        return config.annotate.head
    return "minilm" if identify_encoder(config).get("model") == MINILM else "surface"


def _fitting_head(config: Config) -> Head:
    """The local annotator's head; vectors of another encoder may have its width and no meaning.

    Raises:
        ConfigError: the head wants the vectors of another encoder.
    """
    head, encoder = load_head(local_head(config)), identify_encoder(config).get("model")
    if head.encoder is not None and head.encoder != encoder:
        raise ConfigError(
            f"the head {local_head(config)!r} reads vectors of {head.encoder}, and this run embeds "
            f"with {encoder}",
            hint="--set annotate.head=surface, which needs no vectors, or embed with that model",
        )
    return head


def inputs_of_annotate(config: Config) -> tuple[str, ...]:
    """The artifacts that annotation reads; topics only where a first annotator's means count."""
    first = config.annotate.first
    by_topic = first.annotator is not None and first.min_cluster_score is not None
    return ("prompts", "embeddings", *(["clusters"] if by_topic else []))


def given_to_annotate(context: Context, observe: Observer) -> Arguments:
    """The annotators: heads, and clients of models with the template."""
    settings = context.config.annotate
    costs = CostSum(observe)
    given: Arguments = {}
    if settings.annotator != LOCAL:
        given["complete"] = _client(context, settings.annotator, costs)
    if settings.annotator == LOCAL or settings.cascade.enabled:
        given["head"] = _head(context)
    if _models(settings):
        given["template"] = read_template(settings.template)
    if settings.panel:
        given["panel"] = {name: _annotator(context, name, costs) for name in settings.panel}
    if settings.first.annotator is not None:
        given["first"] = _annotator(context, settings.first.annotator, costs)
    if settings.cascade.enabled:
        given["needed"] = _needed(context)
    return given


def demand_models(context: Context, stages: Collection[str]) -> None:
    """Look whether the models that these stages will ask can be asked: key, URL, price, server.

    Raises:
        ConfigError: a model is not declared.
        CompletionError: it cannot be asked (see ``demand_model``).
    """
    config = context.config
    asked = {
        "embed": [config.embed.model] if config.embed.backend == "endpoint" else [],
        "cluster": [] if config.cluster.namer is None else [config.cluster.namer],
        "annotate": _models(config.annotate),
    }
    for name in dict.fromkeys(name for stage in stages for name in asked.get(stage, ())):
        demand_model(context, name)


def identify_annotate(context: Context) -> Identity:
    """What decides the annotations beside settings: models, template, head, the stop."""
    settings = context.config.annotate
    models = _models(settings)
    identity: Identity = {}
    if models:
        identity = identify_model(context, models[0], settings.template)
    if len(models) > 1:
        identity["more"] = [
            context.config.declared_model(name).decisive() | {"name": name} for name in models[1:]
        ]
    if LOCAL in settings.names or settings.cascade.enabled:
        name = local_head(context.config)
        shipped = heads_path() / f"{name}.json"
        path = shipped if shipped.is_file() else Path(name)
        identity["head"] = file_digest(path) if path.is_file() else None
    if settings.cascade.enabled:
        identity["needed"] = _needed(context)
    return identity


def _models(settings: AnnotateSettings) -> list[str]:
    return [name for name in settings.names if name != LOCAL]


def _head(context: Context) -> Head | HeadElsewhere:
    """The local annotator; on a cluster, nodes do its work."""
    head, blocks = _fitting_head(context.config), context.engine.blocks(gpu=False)
    return head if blocks is None else HeadElsewhere(head, blocks)


def _annotator(context: Context, name: str, costs: CostSum) -> Head | HeadElsewhere | Complete:
    if name == LOCAL:
        return _head(context)
    return _client(context, name, costs)


def _client(context: Context, name: str, costs: CostSum) -> Complete:
    batch = context.config.annotate.batch
    return model_client(context, name, costs.of(name), stage="annotate", batch=batch)


def _needed(context: Context) -> int | None:
    """How many good prompts end a cascade: the questions that sampling asks for, and to spare."""
    spare = context.config.annotate.cascade.spare
    prompts = context.folder.entry("prompts")
    if spare is None or prompts is None:
        return None
    settings = context.config.sample
    wanted = questions_wanted(settings, prompts["rows"])
    if wanted is None and settings.clusters is not None and settings.per_cluster is not None:
        wanted = settings.clusters * settings.per_cluster
    return None if wanted is None else math.ceil(spare * wanted)


def inputs_of_sample(config: Config) -> tuple[str, ...]:
    """The artifacts that sampling reads; vectors only where the settings need them."""
    inputs = ("prompts", "clusters", "topics", "annotations")
    settings = config.sample
    if (
        settings.strategy == "diverse"
        or settings.max_similarity is not None
        or _compares_by_meaning(config)
    ):
        return (*inputs, "embeddings")
    return inputs


def given_to_sample(context: Context, observe: Observer) -> Arguments:
    """The lists of a person and the questions of other benchmarks.

    Raises:
        InputError: a file is missing or cannot be read.
    """
    settings = context.config.sample
    given: Arguments = {
        "included": read_id_lists([Path(name) for name in settings.must_include]),
        "vetoed": read_id_lists([Path(name) for name in settings.must_exclude]),
    }
    voters = voters_of(context.config)
    if voters is not None:
        given["voters"] = voters
    if settings.exclude:
        encode = None
        if _compares_by_meaning(context.config):
            encode = open_encoder(context, observe).encode
        given["known"] = read_known([Path(name) for name in settings.exclude], encode)
    return given


def identify_sample(context: Context) -> Identity:
    """The digests of the files: a list that changes makes another selection."""
    settings = context.config.sample
    files = {
        name: [_digest(Path(path)) for path in paths]
        for name, paths in (
            ("must_include", settings.must_include),
            ("must_exclude", settings.must_exclude),
            ("exclude", settings.exclude),
        )
        if paths
    }
    voters = voters_of(context.config)
    return files if voters is None else {**files, "voters": voters}


def voters_of(config: Config) -> list[str] | None:
    """Whose votes give the score where not all vote: a first annotator only lets prompts pass."""
    if config.annotate.first.annotator is None:
        return None
    return [config.annotate.annotator, *config.annotate.panel]


def _digest(path: Path) -> list[str]:
    if not path.exists():
        raise InputError("no such file", file=path, hint="see the settings of `sample`")
    return [identify_file(file) for file in expand([path])]


def _compares_by_meaning(config: Config) -> bool:
    """Vectors of a fitted encoder (tfidf) say nothing about texts that it was not fitted on."""
    settings = config.sample
    return (
        bool(settings.exclude)
        and settings.exclude_cosine is not None
        and encoders.resolve_backend(config.embed) != "tfidf"
    )
