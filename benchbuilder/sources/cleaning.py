"""One conversation at a time: repair it, find its prompt, and say whether it can be used.

A pure function of a conversation and the settings, so that it may run anywhere and in any order.
What depends on other conversations (duplicates, repeated ids) is decided in the stage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from benchbuilder.settings import IngestSettings
from benchbuilder.sources.conversation import Conversation, Turn, Unusable, prompt_position
from benchbuilder.text.language import WIDE, detect_language
from benchbuilder.text.normalise import normalise, prompt_id
from benchbuilder.text.privacy import Redactor
from benchbuilder.text.private_engine import private_finder
from benchbuilder.text.repair import Counts, repair, sum_counts
from benchbuilder.text.service import is_service_message
from benchbuilder.text.tokens import count_tokens

_NONE: Counts = {}
_wide = re.compile(f"[{WIDE}]")


class Marks(NamedTuple):
    """What was found and changed in a text: counts by kind."""

    repairs: Counts
    redactions: Counts  # private texts that were replaced, or found where they are kept


class Prompt(NamedTuple):
    """The prompt of a conversation. A system prompt belongs to it and is part of its id."""

    prompt_id: str
    text: str
    normalised: str
    system: str | None
    language: str
    n_tokens: int
    marks: Marks


class Cleaned(NamedTuple):
    """A repaired conversation, and its prompt or the reason why it has none that can be used."""

    # Without the system prompt that leads them; null: those of the conversation, unchanged, which
    # then need not travel back from another process.
    turns: tuple[Turn, ...] | None
    system: str | None
    outcome: Prompt | Unusable
    skipped_turns: int  # user turns before the prompt that say nothing
    images: int  # that stood in the prompt's turn and were left out
    marks: Marks  # of the whole conversation


def clean(conversation: Conversation, settings: IngestSettings) -> Cleaned:
    """Repair a conversation, redact it, and judge its prompt by what it says itself."""
    turns, marks = _tidied(conversation.turns, settings)
    position = prompt_position(turns)
    before = turns if position is None else turns[:position]
    leading = [place for place, turn in enumerate(before) if turn.role == "system"]
    system = "\n\n".join(turns[place].content or "" for place in leading).strip() or None
    if position is None:
        outcome: Prompt | Unusable = _why_no_prompt(turns)
    else:
        of_prompt = _sum(marks[place] for place in (*leading, position))
        outcome = _why_left_out(conversation, turns[position], of_prompt, settings) or _judge(
            turns[position].content or "", system, of_prompt, settings
        )
    kept = tuple(turn for place, turn in enumerate(turns) if place not in leading)
    return Cleaned(
        turns=None if kept == conversation.turns else kept,
        system=system,
        outcome=outcome,
        skipped_turns=0 if position is None else sum(turn.role == "user" for turn in before),
        images=0 if position is None else turns[position].images,
        marks=_sum(marks),
    )


def _tidied(
    turns: Sequence[Turn], settings: IngestSettings
) -> tuple[tuple[Turn, ...], list[Marks]]:
    """Turns after repair and redaction. One name stands for one private text in all of them."""
    redactor = Redactor(private_finder(settings.private_engine, settings.private_model))
    tidied, marks = [], []
    for turn in turns:
        text, repairs, redactions = turn.content, _NONE, _NONE
        if text:
            text, repairs = repair(text)
            redacted, redactions = redactor.redact(text)
            text = text if settings.private == "keep" else redacted
        tidied.append(turn if text is turn.content else turn._replace(content=text))
        marks.append(Marks(repairs, redactions))
    return tuple(tidied), marks


def _sum(marks: Iterable[Marks]) -> Marks:
    told = [one for one in marks if one.repairs or one.redactions]
    if not told:
        return Marks(_NONE, _NONE)
    return Marks(
        sum_counts(one.repairs for one in told), sum_counts(one.redactions for one in told)
    )


def _why_no_prompt(turns: Sequence[Turn]) -> Unusable:
    said = [turn for turn in turns if turn.role == "user"]
    if not said:
        return Unusable("no_user_turn", f"{len(turns)} turns, none of a user")
    if any(turn.images for turn in said):
        return Unusable("no_text", "the user's turns hold images and no text")
    return Unusable("empty", "the user's turns hold no text")


def _why_left_out(
    conversation: Conversation, prompt: Turn, marks: Marks, settings: IngestSettings
) -> Unusable | None:
    """The policies: they look at what came with a prompt, not at how good it is."""
    if conversation.flags and settings.flagged == "drop":
        return Unusable("flagged", ", ".join(conversation.flags))
    if marks.redactions and settings.private == "drop":
        return Unusable("private", ", ".join(f"{k}: {n}" for k, n in marks.redactions.items()))
    if prompt.images and settings.images == "drop":
        return Unusable("image", f"came with {prompt.images} images or files")
    return None


def _judge(
    text: str, system: str | None, marks: Marks, settings: IngestSettings
) -> Prompt | Unusable:
    if is_service_message(text):
        return Unusable("service_message", text)
    wrong_length = _why_wrong_length(text, settings)
    if wrong_length:
        return wrong_length
    n_tokens = count_tokens(text)
    if n_tokens < settings.min_tokens:
        return Unusable("too_short", f"{n_tokens} of {settings.min_tokens} tokens")
    if settings.max_tokens is not None and n_tokens > settings.max_tokens:
        return Unusable("too_long", f"{n_tokens} tokens, {settings.max_tokens} allowed")
    language = detect_language(text)
    if settings.languages is not None and language not in settings.languages:
        return Unusable("language", language)
    normalised = normalise(text)
    id_ = prompt_id(normalised, system)
    return Prompt(id_, text, normalised, system, language, n_tokens, marks)


def _why_wrong_length(text: str, settings: IngestSettings) -> Unusable | None:
    length = len(text.strip())
    if length < settings.min_chars:
        # A question of seven Chinese characters is as long as one of fourteen letters.
        length += len(_wide.findall(text))
        if length < settings.min_chars:
            return Unusable("too_short", f"{length} of {settings.min_chars} characters")
    if settings.max_chars is not None and length > settings.max_chars:
        return Unusable("too_long", f"{length} characters, {settings.max_chars} allowed")
    return None
