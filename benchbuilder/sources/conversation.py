"""What every dump format is turned into: a conversation, or the reason why a row is none.

Named tuples, not dataclasses: they go from process to process in half of the time.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

#: The reason of rows that cannot be read at all; only these count towards ``max_bad_rows``.
BAD_ROW = "bad_row"

#: Why a row gives no prompt, in the order in which the rules apply.
REASONS = (
    BAD_ROW,
    "no_generation",  # a log entry that is no call of a model
    "not_a_root",  # a message inside a tree
    "deleted",
    "no_user_turn",
    "empty",
    "no_text",  # images only
    "flagged",
    "private",
    "image",
    "service_message",
    "too_short",
    "too_long",
    "language",
    "duplicate",
    "near_duplicate",
    "template_flood",
)


class Turn(NamedTuple):
    """One message. ``content`` is null where nothing textual was said."""

    role: str  # user, assistant, system or tool
    content: str | None
    images: int = 0  # attachments that are no text and were left behind


class Conversation(NamedTuple):
    """One conversation as the dump holds it: nothing repaired, nothing left out."""

    turns: tuple[Turn, ...]
    source_id: str | None = None
    model: str | None = None
    timestamp: datetime | None = None
    language_declared: str | None = None
    flags: tuple[str, ...] = ()  # safety categories the dump raised, one spelling each


class Unusable(NamedTuple):
    """A row that is no conversation, and why."""

    reason: str
    detail: str | None = None
    source_id: str | None = None


class Row(NamedTuple):
    """What stood at one place of one file. ``number`` counts from 1 (a line, or a record)."""

    file: str
    file_digest: str
    number: int
    source: str
    content: Conversation | Unusable
    part: int | None = None  # counts from 1 where one record holds several conversations


def prompt_position(turns: tuple[Turn, ...]) -> int | None:
    """The place of the prompt: the first user turn that says anything, or ``None``.

    >>> prompt_position((Turn("user", ""), Turn("assistant", "Yes?"), Turn("user", "Why?")))
    2
    """
    for position, turn in enumerate(turns):
        if turn.role == "user" and turn.content and not turn.content.isspace():
            return position
    return None
