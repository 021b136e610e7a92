"""Answers that are asked of declared models or taken from the dump.

All answers of a run lie in one artifact, side by side: what was asked or taken from the dump stays
when another model answers or when files are read, and each model's answers are replaced only by a
newer set of the same model. The manifest tells, per model, what they were made from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from benchbuilder.errors import InputError
from benchbuilder.llm.types import Complete
from benchbuilder.observe import Observer
from benchbuilder.schemas import ANSWERS
from benchbuilder.settings import AnswerSettings
from benchbuilder.sources.answer_sets import ASKED, DUMP, beside
from benchbuilder.stage import Arguments, Context, Identity, Stage, model_client
from benchbuilder.stages.answer import answer, replies_in_dump

#: The name of the dump's part where no model of it is named.
WHOLE_DUMP = "(dump)"


def asking(context: Context, model: str) -> Stage:
    """``answers`` of one declared model, beside those that are there."""
    settings = _answer_settings(context)

    def given(context: Context, observe: Observer) -> Arguments:
        _tell_outdated(context, model, observe)
        return {
            "settings": settings,
            "model_name": model,
            "complete": model_client(
                context, model, observe, stage="answer", batch=context.config.answer.batch
            ),
            "kept": answers_there(context),
        }

    def identify(context: Context) -> Identity:
        declared = context.config.declared_model(model).decisive()
        return _with_part(context, model, {"model": declared} | settings.decisive())

    return Stage(
        "answer", _ask, ("questions",), ("answers",), 1, context, streams=True,
        given=given, identify=identify, libraries=("openai",), rehearsed=True,
    )  # fmt: skip


def taking_from_dump(context: Context, model: str | None, called: str | None = None) -> Stage:
    """``answers`` that the dump holds, of one of its models or of all.

    ``called``: one name for all of them, where what answered in production is one contender.
    """
    if context.folder.entry("conversations") is None:
        raise InputError(
            f"{context.folder.path} holds no dump whose replies could be taken",
            hint="--from-dump is for runs that were curated: benchbuilder curate DUMP --run DIR",
        )
    return Stage(
        "answer", _take, ("questions", "prompts", "conversations"), ("answers",), 1, context,
        given=lambda c, observe: {"model": model, "called": called, "kept": answers_there(c)},
        identify=lambda c: _with_part(
            c, model or WHOLE_DUMP, {"from": "dump"} | ({"called": called} if called else {})
        ),
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
    called: str | None,
    kept: pa.Table,
    observe: Observer,
) -> dict[str, pa.Table]:
    del settings
    replies = replies_in_dump(
        questions, prompts, conversations, model=model, called=called, observe=observe
    )
    return {"answers": beside(kept, replies, DUMP)}


def _with_part(context: Context, name: str, part: dict[str, Any]) -> Identity:
    before = made_before(context)
    part = part | {"questions": _questions_digest(context)}
    return before | {"asked": {**before.get("asked", {}), name: part}}


def made_before(context: Context) -> Identity:
    """What the answers that are there were made from; empty where there are none."""
    entry = context.folder.entry("answers")
    return dict(entry["made_from"]["identity"]) if entry is not None else {}


def answers_there(context: Context) -> pa.Table:
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
    for name, part in made_before(context).get("asked", {}).items():
        if name != model and part["questions"] != today:
            observe.note(
                f"the answers of {name} were given to an earlier version of these questions: "
                "answer again to fill the holes"
            )
