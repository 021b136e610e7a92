"""The stages of curation and of judging: name, function, inputs, outputs, version."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa

from benchbuilder import sources
from benchbuilder.answering import answered_before
from benchbuilder.continuing import given_to_cluster, identify_cluster
from benchbuilder.curating import (
    given_to_annotate,
    given_to_sample,
    identify_annotate,
    identify_sample,
    inputs_of_annotate,
    inputs_of_sample,
)
from benchbuilder.embedding import given_to_embed, identify_encoder
from benchbuilder.observe import Observer
from benchbuilder.reading import answer_file_stages, question_stages
from benchbuilder.refereeing import given_to_judge, identify_judge, remedy_of
from benchbuilder.regenerating import with_records
from benchbuilder.settings import LOCAL, ReportSettings
from benchbuilder.sources.human import read_human, read_names
from benchbuilder.stage import Arguments, Context, Identity, Stage, identify_file, identify_files
from benchbuilder.stages.annotate import annotate
from benchbuilder.stages.cluster import cluster
from benchbuilder.stages.embed import embed
from benchbuilder.stages.ingest import ingest
from benchbuilder.stages.judge import judge
from benchbuilder.stages.map import draw_map
from benchbuilder.stages.report import report
from benchbuilder.stages.sample import sample


def curation(context: Context) -> list[Stage]:
    """From a dump to questions: ingest, embed, cluster, annotate, sample."""
    annotator = context.config.annotate
    # Of a cascade the most it may ask is counted; whom a first model lets pass is not known before.
    countable = annotator.annotator != LOCAL and annotator.first.annotator in (None, LOCAL)
    stages = [
        Stage(
            "ingest", ingest, (), ("conversations", "prompts", "rejects"), 2, context,
            given=_dump, identify=lambda c: identify_files(c, c.dumps, "conversations", "dump"),
            libraries=("eldc",),
        ),
        Stage(
            "embed", embed, ("prompts",), ("embeddings",), 2, context, streams=True,
            given=given_to_embed,
            identify=lambda c: {"encoder": identify_encoder(c.config)},
            libraries=("sentence-transformers", "torch", "scikit-learn"),
        ),
        Stage(
            "cluster", cluster, ("prompts", "embeddings"), ("clusters", "topics", "centroids"), 3,
            context, given=given_to_cluster, identify=identify_cluster,
            libraries=("umap-learn", "hdbscan", "evoc", "numba", "scikit-learn"),
        ),
        Stage(
            "annotate", annotate, inputs_of_annotate(context.config), ("annotations",), 2, context,
            streams=True, given=given_to_annotate, identify=identify_annotate,
            libraries=("openai",), rehearsed=countable,
        ),
        Stage(
            "sample", sample, inputs_of_sample(context.config),
            ("selection", "topic_scores", "questions"), 2, context,
            given=given_to_sample, identify=identify_sample,
        ),
    ]  # fmt: skip
    return with_records(stages, context)


def mapping(context: Context) -> list[Stage]:
    """From embeddings to a map; only a page of the curation asks for it."""
    return [
        Stage(
            "map", draw_map, ("embeddings",), ("map",), 1, context,
            libraries=("umap-learn", "numba", "scikit-learn"),
        ),
    ]  # fmt: skip


def judging(context: Context) -> list[Stage]:
    """From answers to judgments; questions and answers are read where the run has not its own."""
    return [
        *question_stages(context),
        *answer_file_stages(context),
        Stage(
            "judge", judge, ("questions", "answers"), ("judgments",), 1, context,
            given=given_to_judge, identify=identify_judge, libraries=("openai",), rehearsed=True,
            remedy=remedy_of(context.config.judge),
        ),
    ]  # fmt: skip


def reporting(context: Context) -> list[Stage]:
    """From judgments to a leaderboard; answers and questions where the run has them."""
    beside = [name for name in ("answers", "questions") if context.folder.entry(name)]
    inputs = ("judgments", *beside)
    return [
        Stage(
            "report", _report, inputs, ("leaderboard", "pairs", "breakdown"), 4, context,
            given=lambda c, observe: {"inputs": inputs, **_human(c)}, identify=_identify_human,
            libraries=("numpy", "scipy"),
        ),
    ]  # fmt: skip


def stages_of(context: Context) -> list[Stage]:
    """The stages that a run folder has begun with."""
    artifacts = context.folder.manifest()["artifacts"]
    begun: list[Stage] = []
    if "conversations" in artifacts:
        begun += curation(context)
    if "map" in artifacts:
        begun += mapping(context)
    if "answers" in artifacts:
        asked = artifacts["answers"]["stage"] == "answer"
        judged = "judgments" in artifacts and artifacts["judgments"]["stage"] != "import"
        begun += question_stages(context)
        begun += [answered_before(context)] if asked else answer_file_stages(context)
        begun += judging(context)[-1:] if judged else []
    if "leaderboard" in artifacts:
        begun += [_reported_before(context)]
    return begun


def _reported_before(context: Context) -> Stage:
    """The report as it was asked for: its settings and its ranking need not be asked for again."""
    entry = context.folder.entry("leaderboard")
    assert entry is not None
    before = entry["made_from"]
    (stage,) = reporting(context)
    known = before["settings"].keys() <= ReportSettings.model_fields.keys()
    if before["version"] != stage.version or not known:
        return stage
    settings = ReportSettings.model_validate(before["settings"])
    config = context.config.model_copy(update={"report": settings})
    as_before = replace(context, config=config)
    return replace(stage, context=as_before, identify=lambda c: dict(before["identity"]))


def _dump(context: Context, observe: Observer) -> Arguments:
    return {
        "conversations": sources.read_dump(context.dumps, context.config.ingest, observe),
        "spread": context.engine.rows,
    }


def _report(*tables: pa.Table, inputs: tuple[str, ...], **given: Any) -> dict[str, pa.Table]:
    return report(**dict(zip(inputs, tables, strict=True)), **given)


def _human(context: Context) -> Arguments:
    if context.human is None:
        return {}
    return {
        "human": read_human(context.human),
        "human_name": context.human_name,
        "names": read_names(context.names) if context.names else None,
    }


def _identify_human(context: Context) -> Identity:
    """A report without a human ranking is another report than one with it."""
    if context.human is None:
        return {}
    files = [path for path in (context.human, context.names) if path]
    return {"human": [identify_file(path) for path in files if path.is_file()]} | {
        "called": context.human_name
    }
