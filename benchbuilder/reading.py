"""Questions and answers that are read from files."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.answering import answers_there, made_before
from benchbuilder.errors import InputError
from benchbuilder.observe import Observer
from benchbuilder.settings import Settings
from benchbuilder.sources.answer_sets import FILE, beside
from benchbuilder.sources.answers import one_answer_each, read_answers
from benchbuilder.sources.questions import read_questions
from benchbuilder.stage import Arguments, Context, Identity, Stage, identify_files


def question_stages(context: Context) -> list[Stage]:
    """``questions`` from a file, unless the run curated or imported its own."""
    if has_own_questions(context):
        return []
    return [
        Stage(
            "questions", _questions, (), ("questions",), 1, context,
            given=lambda c, observe: {"paths": c.questions},
            identify=lambda c: identify_files(c, c.questions, "questions", "questions"),
            rehearsed=True,
        ),
    ]  # fmt: skip


def answer_file_stages(context: Context) -> list[Stage]:
    """``answers`` from files; without files, answers that were asked or imported stand."""
    entry = context.folder.entry("answers")
    if not context.answers and entry is not None and entry["stage"] in ("answer", "import"):
        return []
    return [
        Stage(
            "answers", _read, ("questions",), ("answers",), 2, context,
            given=_given_to_read, identify=_identify_read, rehearsed=True,
        ),
    ]  # fmt: skip


def _questions(
    *, paths: tuple[Path, ...], settings: Settings, observe: Observer
) -> dict[str, pa.Table]:
    del settings, observe
    return {"questions": read_questions(paths[0])}


def _read(
    questions: pa.Table,
    *,
    paths: tuple[Path, ...],
    rule: str,
    kept: pa.Table,
    settings: Settings,
    observe: Observer,
) -> dict[str, pa.Table]:
    del settings
    if not paths:
        return {"answers": kept}
    answers = read_answers(paths, questions)
    single = one_answer_each(answers, rule)
    if single.num_rows < answers.num_rows:
        twice = answers.num_rows - single.num_rows
        observe.note(f"{twice} repeated answers: the {rule} of each was kept (judge.duplicates)")
    others = kept.filter(pc.not_equal(pc.fill_null(kept["origin"], FILE), FILE))
    for model in sorted(set(others["model"].to_pylist()) & set(single["model"].to_pylist())):
        observe.note(f"the answers of {model} in these files take the place of those it gave here")
    return {"answers": beside(others, single, FILE)}


def _given_to_read(context: Context, observe: Observer) -> Arguments:
    del observe
    rule = context.config.judge.duplicates
    return {"paths": context.answers, "rule": rule, "kept": answers_there(context)}


def _identify_read(context: Context) -> Identity:
    before = made_before(context)
    files = before.get("files")
    if context.answers or files is None:
        files = identify_files(context, context.answers, "answers", "answers")["answers"]
    duplicates = context.config.judge.duplicates
    return {"files": files, "duplicates": duplicates, "asked": before.get("asked", {})}


def has_own_questions(context: Context) -> bool:
    """Whether the run's questions are its own and no others are asked for."""
    entry = context.folder.entry("questions")
    if entry is None:
        return False
    own = context.folder.file("questions").resolve()
    asked = [path.resolve() for path in context.questions]
    others = bool(asked) and asked not in ([own], [own.parent])
    if entry["stage"] == "sample" and others:
        raise InputError(
            f"{context.folder.path} holds questions that were curated there, not those of "
            f"{context.questions[0]}",
            hint="judge other questions in another folder: --run DIR",
        )
    return entry["stage"] in ("sample", "import") and not others
