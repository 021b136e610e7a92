"""The encoder of a run: which one it is, and how it is opened with what the run has on record."""

from __future__ import annotations

from contextlib import closing
from functools import partial

from benchbuilder import encoders
from benchbuilder.artifacts import COMPLETIONS
from benchbuilder.config import Config
from benchbuilder.encoders.elsewhere import encode_part
from benchbuilder.encoders.recorded import RecordedEncoder, VectorRecord
from benchbuilder.llm.embeddings import open_embeddings
from benchbuilder.llm.preflight import EmbeddingPreflight, Estimate
from benchbuilder.observe import Observer
from benchbuilder.stage import Arguments, Context, Identity

VECTORS = "vectors.sqlite"
_PART_ROWS = 512  # texts that a killed run may have to encode again


def identify_encoder(config: Config) -> Identity:
    """The identity of a run's encoder (see ``Encoder.identity``).

    Raises:
        ConfigError, InputError: as ``encoders.open_encoder`` does, or the model is not declared.
    """
    endpoint = None
    if config.embed.backend == "endpoint":
        endpoint = encoders.Endpoint(config.declared_model(config.embed.model))
    return encoders.identify(config.embed, endpoint)


def given_to_embed(context: Context, observe: Observer) -> Arguments:
    """The encoder, and how many prompts there are."""
    prompts = context.folder.entry("prompts") or {}
    return {"encoder": open_encoder(context, observe), "total": prompts.get("rows")}


def open_encoder(context: Context, observe: Observer) -> encoders.Encoder:
    """The encoder of a run, spread by its engine, with what is on record in its folder.

    One that must see all texts at once (TF-IDF) works here and records nothing: its vectors depend
    on all of them. What an endpoint is asked is on record with the completions.
    """
    settings = context.config.embed
    if settings.backend == "endpoint":
        return encoders.open_encoder(settings, _endpoint(context, observe))
    encoder = encoders.open_encoder(settings)
    if encoder.block_rows is None:
        return encoder
    record = VectorRecord(context.folder.path / VECTORS)
    blocks = context.engine.blocks(gpu=True)
    if blocks is None:
        return RecordedEncoder(encoder, record, _PART_ROWS, observe)
    context.engine.demand_encoder(settings)
    elsewhere = partial(blocks, partial(encode_part, settings))
    return RecordedEncoder(encoder, record, _PART_ROWS, observe, elsewhere)


def count_vectors(context: Context) -> Estimate | None:
    """What an endpoint would be asked for the prompts that are there; None without an endpoint."""
    settings, prompts = context.config.embed, context.folder.file("prompts")
    if settings.backend != "endpoint" or not prompts.is_file():
        return None
    model = context.config.declared_model(settings.model)
    cache = context.folder.path / COMPLETIONS
    with closing(
        EmbeddingPreflight(settings.model, model, stage="embed", cache_path=cache)
    ) as counter:
        encoder = encoders.open_encoder(settings, encoders.Endpoint(model, counter.embed))
        for batch in context.folder.batches("prompts"):
            encoder.encode(batch.column("text").to_pylist())
        return counter.estimate()


def _endpoint(context: Context, observe: Observer) -> encoders.Endpoint:
    name = context.config.embed.model
    model = context.config.declared_model(name)
    client = open_embeddings(
        name,
        model,
        cache_path=context.folder.path / COMPLETIONS,
        offline=context.offline,
        max_cost_usd=context.purse,
        stage="embed",
        observe=observe,
    )
    return encoders.Endpoint(model, client.embed)
