"""Where a run's questions and answers come from: files, declared models, its dump, an import.

All answers of a run lie in one artifact, side by side: what was asked or taken from the dump stays
when another model answers or when files are read, and each model's answers are replaced only by a
newer set of the same model. The manifest tells, per model, what they were made from.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.config import AnswerSettings, Settings
from benchbuilder.errors import InputError
from benchbuilder.llm.types import Complete
from benchbuilder.observe import Observer
from benchbuilder.schemas import ANSWERS
from benchbuilder.sources.answer_sets import ASKED, DUMP, FILE, beside
from benchbuilder.sources.answers import one_answer_each, read_answers
from benchbuilder.sources.questions import read_questions
from benchbuilder.stage import Arguments, Context, Identity, Stage, identify_files, model_client
from benchbuilder.stages.answer import answer, replies_in_dump

#: The name of the dump's part where no model of it is named.
WHOLE_DUMP = "(dump)"


def question_stages(context: Context) -> list[Stage]:
    """``questions`` from a file, unless the run curated or imported its own."""
    if _has_own_questions(context):
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


def asking(context: Context, model: str) -> Stage:
    """``answers`` of one declared model, beside those that are there."""
    settings = _answer_settings(context)

    def given(context: Context, observe: Observer) -> Arguments:
        _tell_outdated(context, model, observe)
        return {
            "settings": settings,
            "model_name": model,
            "complete": model_client(context, model, observe),
            "kept": _there(context),
        }

    def identify(context: Context) -> Identity:
        declared = context.config.declared_model(model).decisive()
        return _with_part(context, model, {"model": declared} | settings.decisive())

    return Stage(
        "answer", _ask, ("questions",), ("answers",), 1, context, streams=True,
        given=given, identify=identify, libraries=("openai",), rehearsed=True,
    )  # fmt: skip


def taking_from_dump(context: Context, model: str | None) -> Stage:
    """``answers`` that the dump holds, of one of its models or of all."""
    if context.folder.entry("conversations") is None:
        raise InputError(
            f"{context.folder.path} holds no dump whose replies could be taken",
            hint="--from-dump is for runs that were curated: benchbuilder curate DUMP --run DIR",
        )
    return Stage(
        "answer", _take, ("questions", "prompts", "conversations"), ("answers",), 1, context,
        given=lambda c, observe: {"model": model, "kept": _there(c)},
        identify=lambda c: _with_part(c, model or WHOLE_DUMP, {"from": "dump"}),
    )  # fmt: skip


def answered_before(context: Context) -> Stage:
    """The stage that asked last, as it stands: for a look at what is stale."""
    entry = context.folder.entry("answers")
    assert entry is not None
    made_from = entry["made_from"]
    return Stage(
        "answer", _ask, tuple(made_from["inputs"]), ("answers",), 1, context,
        identify=lambda c: dict(made_from["identity"]),
    )  # fmt: skip


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


def _ask(
    questions: Iterator[pa.RecordBatch],
    *,
    settings: AnswerSettings,
    model_name: str,
    complete: Complete,
    kept: pa.Table,
    observe: Observer,
) -> dict[str, pa.Table]:
    parts = answer(
        questions, settings=settings, model_name=model_name, complete=complete, observe=observe
    )
    given = pa.Table.from_batches([batch for _, batch in parts], schema=ANSWERS.schema)
    return {"answers": beside(kept, given, ASKED)}


def _take(
    questions: pa.Table,
    prompts: pa.Table,
    conversations: pa.Table,
    *,
    settings: AnswerSettings,
    model: str | None,
    kept: pa.Table,
    observe: Observer,
) -> dict[str, pa.Table]:
    del settings
    replies = replies_in_dump(questions, prompts, conversations, model=model, observe=observe)
    return {"answers": beside(kept, replies, DUMP)}


def _given_to_read(context: Context, observe: Observer) -> Arguments:
    del observe
    rule = context.config.judge.duplicates
    return {"paths": context.answers, "rule": rule, "kept": _there(context)}


def _identify_read(context: Context) -> Identity:
    before = _made_before(context)
    files = before.get("files")
    if context.answers or files is None:
        files = identify_files(context, context.answers, "answers", "answers")["answers"]
    duplicates = context.config.judge.duplicates
    return {"files": files, "duplicates": duplicates, "asked": before.get("asked", {})}


def _with_part(context: Context, name: str, part: dict[str, Any]) -> Identity:
    before = _made_before(context)
    part = part | {"questions": _questions_digest(context)}
    return before | {"asked": {**before.get("asked", {}), name: part}}


def _made_before(context: Context) -> Identity:
    entry = context.folder.entry("answers")
    return dict(entry["made_from"]["identity"]) if entry is not None else {}


def _there(context: Context) -> pa.Table:
    """The answers that are there; none where the file is missing."""
    if not context.folder.file("answers").is_file():
        return ANSWERS.schema.empty_table()
    return context.folder.read("answers")


def _answer_settings(context: Context) -> AnswerSettings:
    settings = context.config.answer
    if context.limit is None:
        return settings
    return settings.model_copy(update={"limit": context.limit})


def _questions_digest(context: Context) -> str | None:
    entry = context.folder.entry("questions")
    return None if entry is None else str(entry["digest"])


def _tell_outdated(context: Context, model: str, observe: Observer) -> None:
    """Answers to an earlier set of questions stay, but whoever reads on must know."""
    today = _questions_digest(context)
    for name, part in _made_before(context).get("asked", {}).items():
        if name != model and part["questions"] != today:
            observe.note(
                f"the answers of {name} were given to an earlier version of these questions: "
                "answer again to fill the holes"
            )


def _has_own_questions(context: Context) -> bool:
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
