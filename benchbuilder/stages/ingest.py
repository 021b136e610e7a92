"""``ingest``: the rows of a dump → conversations, prompts, rejects.

Every row ends as exactly one kept prompt or one reject with its reason, and the waterfall adds up.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import closing
from functools import partial

from benchbuilder.errors import ConfigError
from benchbuilder.observe import Observer
from benchbuilder.settings import IngestSettings
from benchbuilder.sources.blocks import Block, clean_block
from benchbuilder.sources.books import Books, Part, as_counts
from benchbuilder.sources.cleaning import Cleaned, Prompt
from benchbuilder.sources.conversation import REASONS, Conversation, Row, Unusable
from benchbuilder.sources.spread import Spread
from benchbuilder.text.language import known_languages
from benchbuilder.text.placeholders import count_placeholders
from benchbuilder.text.private_engine import private_finder, private_kinds

_BLOCK_ROWS = 500
_BATCH_ROWS = 4 * _BLOCK_ROWS
_SHOWN_TEMPLATES = 20


def ingest(
    conversations: Iterator[Row],
    *,
    settings: IngestSettings,
    observe: Observer,
    spread: Spread = map,
) -> Iterator[Part]:
    """Turn the rows of a dump into prompts, and account for each.

    Yields batches of ``conversations`` and ``rejects`` as they come; at the end the ``rejects``
    that repeat other prompts, and the ``prompts``, in the order of the input. The figure
    ``waterfall`` lists the rows read, each reason with its count, and what was kept.

    Raises:
        ConfigError: ``languages`` names a language that cannot be detected, or what
            ``private_engine`` names is not installed.
        InputError: from the reader of the dump.
    """
    _check_languages(settings)
    private_finder(settings.private_engine, settings.private_model)  # is it installed?
    found = _Found()
    with closing(Books(settings)) as books:
        for rows, block in _cleaned(conversations, settings, spread):
            for cleaned in filter(None, block.cleaned):
                found.count(cleaned)
            books.enter(rows, block)
            if books.read % _BATCH_ROWS == 0:
                observe.progress(books.read)
                yield from books.take_rows()
        yield from books.take_rows()
        yield from books.take_prompts()
        _tell(books, found, settings, observe)


def _cleaned(
    rows: Iterator[Row], settings: IngestSettings, spread: Spread
) -> Iterator[tuple[list[Row], Block]]:
    """Rows in blocks, and what came of cleaning each block."""
    waiting: deque[list[Row]] = deque()

    def contents() -> Iterator[list[Conversation | Unusable]]:
        while block := list(itertools.islice(rows, _BLOCK_ROWS)):
            waiting.append(block)
            yield [row.content for row in block]

    for block in spread(partial(clean_block, settings=settings), contents()):
        yield waiting.popleft(), block


def _check_languages(settings: IngestSettings) -> None:
    known = known_languages()
    unknown = sorted(set(settings.languages or ()) - known)
    if unknown:
        raise ConfigError(
            f"`ingest.languages`: {', '.join(unknown)} cannot be detected",
            hint=f"two-letter codes, such as [en, de]; known are {', '.join(sorted(known))}",
        )


class _Found:
    """What was found in the texts of a dump: counts by kind."""

    def __init__(self) -> None:
        self.repairs: Counter[str] = Counter()
        self.private: Counter[str] = Counter()
        self.placeholders: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.conversations: Counter[str] = Counter()

    def count(self, cleaned: Cleaned) -> None:
        """Add one conversation."""
        if cleaned.marks.repairs:
            self.repairs.update(cleaned.marks.repairs)
        if cleaned.marks.redactions:
            self.private.update(cleaned.marks.redactions)
        self.conversations["private"] += bool(cleaned.marks.redactions)
        self.conversations["skipped"] += bool(cleaned.skipped_turns)
        self.conversations["images"] += bool(cleaned.images)
        if isinstance(cleaned.outcome, Prompt):
            self.languages[cleaned.outcome.language] += 1
            placeholders = count_placeholders(cleaned.outcome.text)
            if placeholders:
                self.placeholders.update(placeholders)


def _private_kinds(settings: IngestSettings) -> tuple[str, ...]:
    return private_kinds(settings.private_engine, settings.private_model)


def _tell(books: Books, found: _Found, settings: IngestSettings, observe: Observer) -> None:
    """The waterfall and the other figures, and what the user must know."""
    rejects = [(reason, books.rejects[reason]) for reason in REASONS if books.rejects[reason]]
    steps = [("read", books.read), *rejects, ("kept", books.kept)]
    observe.figure("waterfall", [{"step": step, "count": count} for step, count in steps])
    observe.figure("repairs", as_counts(found.repairs))
    observe.figure("placeholders", as_counts(found.placeholders))
    observe.figure("languages", as_counts(found.languages))
    templates = books.templates.most_common(_SHOWN_TEMPLATES)
    observe.figure("templates", [{"template": t, "dropped": n} for t, n in templates])
    private = {
        "policy": settings.private,
        "checked": list(_private_kinds(settings)),
        "conversations": found.conversations["private"],
        "found": as_counts(found.private),
    }
    observe.figure("private", private)
    for count, sentence in _notes(books, found, settings):
        if count:
            observe.note(f"{count:,} {sentence}")


def _notes(books: Books, found: _Found, settings: IngestSettings) -> Iterator[tuple[int, str]]:
    yield (
        found.conversations["skipped"],
        "conversations open with a user turn that says nothing; their prompt is the first one that "
        "does.",
    )
    yield books.ids_again[False], "rows repeat an id with another prompt; they were given new ids."
    yield books.ids_again[True], "rows repeat an id and its prompt; they were given new ids."
    yield (
        found.conversations["images"] if settings.images == "ignore" else 0,
        "prompts came with images or files, of which only the text is kept; "
        "--set ingest.images=drop leaves such prompts out.",
    )
    yield (
        found.conversations["private"],
        f"conversations hold private texts (policy: {settings.private}). Checked are "
        f"{', '.join(_private_kinds(settings))}; nothing else is.",
    )
    yield (
        sum(books.templates.values()),
        f"prompts are copies of a template beyond the first {settings.per_template}; "
        "the figure `templates` names the largest.",
    )
