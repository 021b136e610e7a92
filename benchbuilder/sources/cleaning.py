"""One conversation at a time: repair it, find its prompt, and say whether it can be used.

A pure function of a conversation and the settings, so that it may run anywhere and in any order.
What depends on other conversations (duplicates, repeated ids) is decided in the stage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from benchbuilder.config import IngestSettings
from benchbuilder.sources.conversation import Conversation, Turn, Unusable, prompt_position
from benchbuilder.text.language import WIDE, detect_language
from benchbuilder.text.normalise import normalise, prompt_id
from benchbuilder.text.repair import Counts, repair, sum_counts
from benchbuilder.text.service import is_service_message
from benchbuilder.text.tokens import count_tokens

_wide = re.compile(f"[{WIDE}]")


@dataclass(frozen=True, slots=True)
class Prompt:
    """The prompt of a conversation. A system prompt belongs to it and is part of its id."""

    prompt_id: str
    text: str
    system: str | None
    language: str
    n_tokens: int
    repairs: Counts


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A repaired conversation, and its prompt or the reason why it has none that can be used."""

    turns: tuple[Turn, ...]  # without the system prompt that leads them
    system: str | None
    outcome: Prompt | Unusable
    skipped_turns: int  # user turns before the prompt that say nothing
    repairs: Counts  # in the whole conversation


def clean(conversation: Conversation, settings: IngestSettings) -> Cleaned:
    """Repair a conversation and judge its prompt by the rules that need nothing but itself."""
    turns, repairs = _repair_turns(conversation.turns)
    position = prompt_position(turns)
    before = turns if position is None else turns[:position]
    leading = [place for place, turn in enumerate(before) if turn.role == "system"]
    system = "\n\n".join(turns[place].content or "" for place in leading).strip() or None
    if position is None:
        skipped = 0
        outcome: Prompt | Unusable = _why_no_prompt(turns)
    else:
        skipped = sum(turn.role == "user" for turn in before)
        counts = sum_counts(repairs[place] for place in (*leading, position))
        text = turns[position].content or ""
        outcome = _judge(text, system, counts, conversation.flags, settings)
    rest = tuple(turn for place, turn in enumerate(turns) if place not in leading)
    return Cleaned(rest, system, outcome, skipped, sum_counts(repairs))


def _repair_turns(turns: Sequence[Turn]) -> tuple[tuple[Turn, ...], list[Counts]]:
    repaired, counts = [], []
    for turn in turns:
        text, found = repair(turn.content) if turn.content else (turn.content, {})
        repaired.append(turn._replace(content=text) if found else turn)
        counts.append(found)
    return tuple(repaired), counts


def _why_no_prompt(turns: Sequence[Turn]) -> Unusable:
    said = [turn for turn in turns if turn.role == "user"]
    if not said:
        return Unusable("no_user_turn", f"{len(turns)} turns, none of a user")
    if any(turn.images for turn in said):
        return Unusable("no_text", "the user's turns hold images and no text")
    return Unusable("empty", "the user's turns hold no text")


def _judge(
    text: str,
    system: str | None,
    repairs: Counts,
    flags: tuple[str, ...],
    settings: IngestSettings,
) -> Prompt | Unusable:
    if flags and settings.flagged == "drop":
        return Unusable("flagged", ", ".join(flags))
    if is_service_message(text):
        return Unusable("service_message", text)
    wrong_length = _why_wrong_length(text, settings)
    if wrong_length:
        return wrong_length
    language = detect_language(text)
    if settings.languages is not None and language not in settings.languages:
        return Unusable("language", language)
    id_ = prompt_id(normalise(text), system)
    return Prompt(id_, text, system, language, count_tokens(text), repairs)


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
