"""What judging is given beside questions and answers: judges, templates, judgments to replay."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchbuilder.digests import file_digest
from benchbuilder.errors import ConfigError, InputError
from benchbuilder.judging.coverage import require_model
from benchbuilder.judging.prompts import judge_template
from benchbuilder.llm.types import Complete
from benchbuilder.observe import CostSum, Observer
from benchbuilder.reading import models_to_judge
from benchbuilder.settings import JudgeSettings
from benchbuilder.sources.judgments import read_judgments
from benchbuilder.sources.paths import read_text
from benchbuilder.stage import (
    Arguments,
    Context,
    Identity,
    existing_template,
    identify_files,
    identify_model,
    model_client,
    read_template,
)

_LONGEST_NAME = 255  # of a file, in bytes; a longer text is no path


def given_to_judge(context: Context, observe: Observer) -> Arguments:
    """The judge, or judges, with their templates.

    Raises:
        InputError: no baseline is named.
        ConfigError: a panel beside a recorded judge, or a model that is not declared.
    """
    settings = context.config.judge
    named: dict[str, Any] = {"baseline": _baseline(context), "judge_name": settings.judge}
    if settings.recorded:
        from benchbuilder.judging.recorded import recorded_judge

        if settings.panel:
            raise _panel_of_recorded()
        if not context.recorded:
            raise InputError(
                "the judge is a recorded one, and no file of judgments is named",
                hint="--recorded FILE, or --judge NAME for a declared model",
            )
        chosen = settings.judge.partition(":")[2] or None
        return {**named, "recorded": recorded_judge(read_judgments(context.recorded), chosen)}
    costs = CostSum(observe)

    def ask(model: str) -> Complete:
        ear = costs.of(model)
        return model_client(context, model, ear, stage="judge", batch=settings.batch)

    return {
        **named,
        "complete": ask(settings.judge),
        "panel": {each: ask(each) for each in settings.panel},
        "template": read_template(settings.template),
        "templates": {c: read_template(name) for c, name in settings.templates.items()},
        "rubrics": _rubrics(settings),
    }


def identify_judge(context: Context) -> Identity:
    """The digests of recorded judgments; of judges that are asked, their settings and what they
    are shown. A recorded judge is shown no template and no rubric, so that none decides."""
    settings = context.config.judge
    if settings.recorded:
        return identify_files(context, context.recorded, "judgments", "recorded judgments")
    identity = identify_model(context, settings.judge, settings.template)
    if settings.templates:
        by_category = sorted(settings.templates.items())
        identity["by_category"] = {
            category: file_digest(existing_template(name)) for category, name in by_category
        }
    if settings.rubrics:
        identity["rubrics"] = _rubrics(settings)
    if settings.panel:
        identity["panel"] = [
            context.config.declared_model(name).decisive() | {"name": name}
            for name in settings.panel
        ]
    return identity


def _rubrics(settings: JudgeSettings) -> dict[str, str]:
    return {category: _rubric(said) for category, said in sorted(settings.rubrics.items())}


def _rubric(said: str) -> str:
    """The text itself, or that of the file it names.

    Raises:
        InputError: it looks like a path, and there is no such file.
    """
    path = Path(said)
    if "\n" not in said and len(said.encode()) <= _LONGEST_NAME and path.is_file():
        return read_text(path).strip()
    if len(said.split()) == 1 and path.suffix in (".md", ".txt"):
        raise InputError("no such file", file=path, hint="judge.rubrics: a rubric, or its file")
    return said


def demand_fit(context: Context) -> None:
    """What must be right before anything is read into the run folder or paid for.

    Raises:
        InputError: no baseline is named, a model that is needed has no answers, or a template is
            missing.
        ConfigError: a judge that is not declared, a template that does not fit, or settings that
            exclude each other.
    """
    settings, models = context.config.judge, models_to_judge(context)
    if not models:
        identify_files(context, (), "answers", "answers")  # says how to give them
    if settings.baseline is None:
        raise _no_baseline(models)
    for name in sorted({settings.baseline, *settings.baselines.values()}):
        require_model(name, models, role="baseline")
    if settings.reference is not None:
        require_model(settings.reference, models, role="reference")
    if settings.recorded and settings.panel:
        raise _panel_of_recorded()
    identify_judge(context)
    if not settings.recorded:
        for template in (settings.template, *settings.templates.values()):
            with_reference = settings.reference is not None
            judge_template(read_template(template), name=template, with_reference=with_reference)


def remedy_of(settings: JudgeSettings) -> str:
    """What to do about games without a verdict."""
    if settings.recorded:
        return (
            "they are not in the recorded file, or its texts hold no verdict: give a file that has "
            "them (--recorded FILE), or ask a judge (--judge NAME)"
        )
    return "run the same command again to ask for those games only"


def _panel_of_recorded() -> ConfigError:
    return ConfigError(
        "judge.panel is for judges that are asked, and the judge is a recorded one",
        hint="--set judge.panel=[]; `benchbuilder report FILE` takes a file of several judges as "
        "it is",
    )


def _baseline(context: Context) -> str:
    baseline = context.config.judge.baseline
    if baseline is None:
        raise _no_baseline(models_to_judge(context))
    return baseline


def _no_baseline(models: Sequence[str]) -> InputError:
    named = f", one of: {', '.join(models)}" if models else ""
    return InputError("no baseline is named", hint=f"--baseline MODEL{named}")
