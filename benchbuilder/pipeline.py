"""The stages of curation and of judging: name, function, inputs, outputs, version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from benchbuilder import encoders, sources
from benchbuilder.artifacts import file_digest
from benchbuilder.config import Settings
from benchbuilder.curating import (
    given_to_annotate,
    given_to_sample,
    identify_annotate,
    identify_sample,
    inputs_of_annotate,
    inputs_of_sample,
)
from benchbuilder.errors import InputError
from benchbuilder.observe import Observer
from benchbuilder.sources.answers import one_answer_each, read_answers
from benchbuilder.sources.human import read_human, read_names
from benchbuilder.sources.judgments import read_judgments
from benchbuilder.sources.questions import read_questions
from benchbuilder.stage import (
    Arguments,
    Context,
    Identity,
    Stage,
    identify_files,
    identify_model,
    model_client,
    read_template,
)
from benchbuilder.stages.annotate import annotate
from benchbuilder.stages.cluster import cluster
from benchbuilder.stages.embed import embed
from benchbuilder.stages.ingest import ingest
from benchbuilder.stages.judge import judge
from benchbuilder.stages.report import report
from benchbuilder.stages.sample import sample

#: The judge that replays a file.
RECORDED = "recorded"


def curation(context: Context) -> list[Stage]:
    """From a dump to questions: ingest, embed, cluster, annotate, sample."""
    return [
        Stage(
            "ingest", ingest, (), ("conversations", "prompts", "rejects"), 1, context,
            given=_dump, identify=lambda c: identify_files(c, c.dumps, "conversations", "dump"),
            libraries=("eldc",),
        ),
        Stage(
            "embed", embed, ("prompts",), ("embeddings",), 1, context, streams=True,
            given=lambda c, observe: {"encoder": encoders.open_encoder(c.config.embed)},
            identify=lambda c: {"encoder": encoders.identify(c.config.embed)},
            libraries=("sentence-transformers", "torch", "scikit-learn"),
        ),
        Stage(
            "cluster", cluster, ("prompts", "embeddings"), ("clusters", "topics"), 1, context,
            libraries=("umap-learn", "hdbscan", "numba", "scikit-learn"),
        ),
        Stage(
            "annotate", annotate, inputs_of_annotate(context.config), ("annotations",), 1, context,
            streams=True, given=given_to_annotate, identify=identify_annotate,
            libraries=("openai",),
        ),
        Stage(
            "sample", sample, inputs_of_sample(context.config),
            ("selection", "topic_scores", "questions"), 2, context,
            given=given_to_sample, identify=identify_sample,
        ),
    ]  # fmt: skip


def judging(context: Context) -> list[Stage]:
    """From answers to judgments; ``questions`` is read unless the run curated its own."""
    read = [
        Stage(
            "questions", _questions, (), ("questions",), 1, context,
            given=lambda c, observe: {"paths": c.questions},
            identify=lambda c: identify_files(c, c.questions, "questions", "questions"),
        ),
    ]  # fmt: skip
    return [
        *([] if curated_here(context) else read),
        Stage(
            "answers", _answers, ("questions",), ("answers",), 1, context,
            given=lambda c, observe: {"paths": c.answers, "rule": c.config.judge.duplicates},
            identify=_identify_answers,
        ),
        Stage(
            "judge", judge, ("questions", "answers"), ("judgments",), 1, context,
            given=_judge, identify=_identify_judge, libraries=("openai",),
        ),
    ]  # fmt: skip


def reporting(context: Context) -> list[Stage]:
    """From judgments to a leaderboard."""
    return [
        Stage(
            "report", report, ("judgments", "answers", "questions"),
            ("leaderboard", "pairs", "breakdown"), 2, context,
            given=_human, identify=_identify_human, libraries=("numpy", "scipy"),
        ),
    ]  # fmt: skip


def stages_of(context: Context) -> list[Stage]:
    """The stages that a run folder has begun with."""
    artifacts = context.folder.manifest()["artifacts"]
    begun: list[Stage] = []
    if "conversations" in artifacts:
        begun += curation(context)
    if "answers" in artifacts:
        begun += judging(context)
    if "leaderboard" in artifacts:
        begun += reporting(context)
    return begun


def curated_here(context: Context) -> bool:
    """Whether the run's questions are its own and no others are asked for."""
    entry = context.folder.entry("questions")
    own = context.folder.file("questions").resolve()
    asked = [path.resolve() for path in context.questions]
    its_own = entry is not None and entry["stage"] == "sample"
    if its_own and asked and asked not in ([own], [own.parent]):
        raise InputError(
            f"{context.folder.path} holds questions that were curated there, not those of "
            f"{context.questions[0]}",
            hint="judge other questions in another folder: --run DIR",
        )
    return its_own


def _dump(context: Context, observe: Observer) -> Arguments:
    return {
        "conversations": sources.read_dump(context.dumps, context.config.ingest, observe),
    }


def _questions(
    *, paths: tuple[Path, ...], settings: Settings, observe: Observer
) -> dict[str, pa.Table]:
    del settings, observe
    return {"questions": read_questions(paths[0])}


def _answers(
    questions: pa.Table,
    *,
    paths: tuple[Path, ...],
    rule: str,
    settings: Settings,
    observe: Observer,
) -> dict[str, pa.Table]:
    del settings
    answers = read_answers(paths, questions)
    kept = one_answer_each(answers, rule)
    if kept.num_rows < answers.num_rows:
        twice = answers.num_rows - kept.num_rows
        observe.note(f"{twice} repeated answers: the {rule} of each was kept (judge.duplicates)")
    return {"answers": kept}


def _identify_answers(context: Context) -> Identity:
    files = identify_files(context, context.answers, "answers", "answers")
    return {**files, "duplicates": context.config.judge.duplicates}


def _judge(context: Context, observe: Observer) -> Arguments:
    settings = context.config.judge
    named: dict[str, Any] = {"baseline": _baseline(context), "judge_name": settings.judge}
    if settings.judge == RECORDED:
        from benchbuilder.judging.recorded import recorded_judge

        return {**named, "recorded": recorded_judge(read_judgments(context.recorded))}
    return {
        **named,
        "complete": model_client(context, settings.judge, observe),
        "template": read_template(settings.template),
        "templates": {c: read_template(name) for c, name in settings.templates.items()},
    }


def _identify_judge(context: Context) -> Identity:
    settings = context.config.judge
    if settings.judge == RECORDED:
        return identify_files(context, context.recorded, "judgments", "recorded judgments")
    return identify_model(context, settings.judge, settings.template, *settings.templates.values())


def _baseline(context: Context) -> str:
    baseline = context.config.judge.baseline
    if baseline is None:
        models = sorted(set(context.folder.read("answers")["model"].to_pylist()))
        raise InputError(
            "no baseline is named", hint=f"--baseline MODEL, one of: {', '.join(models)}"
        )
    return baseline


def _human(context: Context, observe: Observer) -> Arguments:
    del observe
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
    return {"human": [file_digest(path) for path in files if path.is_file()]} | {
        "called": context.human_name
    }
