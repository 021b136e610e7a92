"""Questions and answers that are read from files.

Answers of several files lie beside each other, model by model: a file brings its own models and
leaves the others alone. The manifest tells which files were read, the last one last.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.answering import answers_there, made_before
from benchbuilder.errors import InputError
from benchbuilder.judging.coverage import repeated_answers
from benchbuilder.observe import Observer
from benchbuilder.schemas import ANSWERS
from benchbuilder.settings import Settings
from benchbuilder.sources.answer_sets import FILE, beside
from benchbuilder.sources.answers import models_in, one_answer_each, read_answers
from benchbuilder.sources.questions import read_questions
from benchbuilder.stage import Arguments, Context, Identity, Stage, identify_files
from benchbuilder.text.counting import count_of


def question_stages(context: Context) -> list[Stage]:
    """``questions`` from a file, unless the run curated or imported its own.

    Raises:
        InputError: the file lacks questions that were judged here.
    """
    if has_own_questions(context):
        return []
    _spare_judged(context)
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
            "answers", _read, ("questions",), ("answers",), 3, context,
            given=_given_to_read, identify=_identify_read, rehearsed=True,
        ),
    ]  # fmt: skip


def models_to_judge(context: Context) -> list[str]:
    """Every model that will have answers: those of the files, and those that are there."""
    there = set(answers_there(context)["model"].to_pylist())
    return sorted(there | (models_in(context.answers) if context.answers else set()))


def _spare_judged(context: Context) -> None:
    """Questions that were paid for with judgments are not replaced in passing."""
    folder, paths = context.folder, context.questions
    if not paths or folder.entry("judgments") is None or not folder.file("questions").is_file():
        return
    kept = set(read_questions(paths[0])["question_id"].to_pylist())
    lost = [i for i in folder.read("questions")["question_id"].to_pylist() if i not in kept]
    if lost:
        raise InputError(
            f"{folder.path} holds judgments on {count_of(len(lost), 'question')} that {paths[0]} "
            f"lacks (first: {lost[0]})",
            hint="judge other questions in another folder: --run DIR; leave some out of a report: "
            f"benchbuilder report {folder.path} --questions FILE",
        )


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
        twice = count_of(answers.num_rows - single.num_rows, "repeated answer")
        observe.note(f"{twice}: the {rule} of each was kept (judge.duplicates)")
        repeated = repeated_answers(questions, answers)
        observe.figure("repeated", [vars(finding) for finding in repeated])
    kept = _to_these_questions(kept, questions, observe)
    both = beside(kept, single, FILE)
    _tell_the_others(kept, both, set(single["model"].to_pylist()), observe)
    return {"answers": both}


def _to_these_questions(kept: pa.Table, questions: pa.Table, observe: Observer) -> pa.Table:
    """Without the models all of whose answers are to other questions: there is nothing to judge."""
    asked = pc.is_in(kept["question_id"], value_set=questions["question_id"].combine_chunks())
    fitting = set(kept.filter(asked)["model"].to_pylist())
    strangers = sorted(set(kept["model"].to_pylist()) - fitting)
    if strangers:
        observe.note(f"left out, with answers to other questions only: {', '.join(strangers)}")
    return kept.filter(pc.is_in(kept["model"], value_set=pa.array(sorted(fitting), pa.string())))


def _tell_the_others(kept: pa.Table, both: pa.Table, new: set[str], observe: Observer) -> None:
    """Which models answer otherwise than before, and which stay beside those of the files."""

    def of(table: pa.Table, model: str) -> pa.Table:
        return table.filter(pc.equal(table["model"], model)).cast(ANSWERS.schema)

    there = sorted(set(kept["model"].to_pylist()))
    for model in there:
        if model in new and not of(kept, model).equals(of(both, model)):
            observe.note(
                f"the answers of {model} in these files take the place of its earlier ones"
            )
    staying = [model for model in there if model not in new]
    if staying:
        observe.note(f"beside the models of these files stay: {', '.join(staying)}")


def _given_to_read(context: Context, observe: Observer) -> Arguments:
    del observe
    rule = context.config.judge.duplicates
    return {"paths": context.answers, "rule": rule, "kept": answers_there(context)}


def _identify_read(context: Context) -> Identity:
    """The digests of all files that were read, those of one command together, the last ones last.

    The models of files that are given again come anew, as do those of files given with others.
    """
    before = made_before(context)
    files: list[list[str]] = before.get("files", [])
    if context.answers or not files:
        new = identify_files(context, context.answers, "answers", "answers")["answers"]
        files = [*[earlier for earlier in files if not set(earlier) <= set(new)], new]
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
