"""``ingest``: the rows of a dump → conversations, prompts, rejects.

Every row ends as exactly one kept prompt or one reject with its reason, and the waterfall adds up.
Rows stream: memory holds one batch, an id for each conversation and a digest for each prompt.
Texts wait on a scratch file until it is known how often they occur.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from benchbuilder.config import IngestSettings
from benchbuilder.errors import ConfigError
from benchbuilder.observe import Observer
from benchbuilder.schemas import CONVERSATIONS, PROMPTS, REJECTS
from benchbuilder.sources.cleaning import Cleaned, Prompt, clean
from benchbuilder.sources.conversation import Conversation, Row, Unusable
from benchbuilder.sources.scratch import Scratch
from benchbuilder.text.language import known_languages
from benchbuilder.text.repair import repair

_BATCH_ROWS = 2000
_WAITING = pa.schema([f for f in PROMPTS.schema if f.name != "occurrences"])
_SCHEMAS = {"conversations": CONVERSATIONS.schema, "prompts": _WAITING, "rejects": REJECTS.schema}

Part = tuple[str, pa.RecordBatch]


def ingest(
    conversations: Iterator[Row], *, settings: IngestSettings, observe: Observer
) -> Iterator[Part]:
    """Turn the rows of a dump into prompts, and account for each.

    Yields batches of ``conversations`` and ``rejects`` as they come and of ``prompts`` at the end,
    each in the order of the input. The figure ``waterfall`` lists the rows read, each reason with
    its count, and what was kept. The prompt is the first user turn that says something.

    Raises:
        ConfigError: ``languages`` names a language that cannot be detected.
        InputError: from the reader of the dump.
    """
    _check_languages(settings)
    books = _Books()
    for number, row in enumerate(conversations, start=1):
        if isinstance(row.content, Unusable):
            books.reject(row, books.new_id(row, None), row.content)
        else:
            books.enter(row, row.content, clean(row.content, settings))
        if number % _BATCH_ROWS == 0:
            observe.progress(number)
            yield from books.take_rows()
    yield from books.take_rows()
    yield from books.take_prompts()
    books.tell(observe)


def _check_languages(settings: IngestSettings) -> None:
    known = known_languages()
    unknown = sorted(set(settings.languages or ()) - known)
    if unknown:
        raise ConfigError(
            f"`ingest.languages`: {', '.join(unknown)} cannot be detected",
            hint=f"two-letter codes, such as [en, de]; known are {', '.join(sorted(known))}",
        )


class _Books:
    """The books of one run: ids given out, prompts seen, rows that wait to be written."""

    def __init__(self) -> None:
        self._prompt_of: dict[str, str | None] = {}  # by conversation_id; null: no prompt
        self._place_of: dict[str, int] = {}  # by prompt_id; places count kept prompts
        self._occurrences = array("l")
        self._kept = Scratch(_WAITING)
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _SCHEMAS}
        self._counts: Counter[str] = Counter()
        self._repairs: Counter[str] = Counter()

    def new_id(self, row: Row, prompt: str | None) -> str:
        """The dump's own id where this run has not seen it, else the place of the row."""
        own = row.content.source_id
        id_ = repair(own)[0] if own is not None else None
        if id_ is not None and id_ in self._prompt_of:
            differs = prompt is None or self._prompt_of[id_] != prompt
            self._counts["id_with_other_text" if differs else "id_with_same_text"] += 1
            id_ = None
        if id_ is None:
            part = "" if row.part is None else f".{row.part}"
            id_ = f"{row.file_digest}:{row.number}{part}"
        self._prompt_of[id_] = prompt
        return id_

    def enter(self, row: Row, conversation: Conversation, cleaned: Cleaned) -> None:
        """Write down a conversation, and its prompt as kept, repeated or rejected."""
        outcome = cleaned.outcome
        prompt = outcome if isinstance(outcome, Prompt) else None
        id_ = self.new_id(row, prompt.prompt_id if prompt else None)
        self._rows["conversations"].append(_conversation_row(id_, row, conversation, cleaned))
        self._counts["skipped_turns"] += bool(cleaned.skipped_turns)
        self._repairs.update(cleaned.repairs)
        if isinstance(outcome, Unusable):
            self.reject(row, id_, outcome)
        elif outcome.prompt_id in self._place_of:
            self._occurrences[self._place_of[outcome.prompt_id]] += 1
            self.reject(row, id_, Unusable("duplicate"), outcome.prompt_id)
        else:
            self._place_of[outcome.prompt_id] = len(self._occurrences)
            self._occurrences.append(1)
            self._rows["prompts"].append(_prompt_row(id_, conversation, outcome))

    def reject(self, row: Row, id_: str, why: Unusable, kept_as: str | None = None) -> None:
        """Write down why a row gives no prompt."""
        self._counts[f"reject:{why.reason}"] += 1
        detail = None if why.detail is None else repair(why.detail)[0]
        self._rows["rejects"].append((id_, why.reason, kept_as, detail, row.file, row.number))

    def take_rows(self) -> Iterator[Part]:
        """The rows that wait; prompts go to the scratch file, as their occurrences may grow."""
        for name, rows in self._rows.items():
            batch = _batch(rows, _SCHEMAS[name])
            rows.clear()
            if name == "prompts":
                self._kept.write(batch)
            elif batch.num_rows:
                yield name, batch

    def take_prompts(self) -> Iterator[Part]:
        """The kept prompts, in the order in which they came."""
        start = 0
        for batch in self._kept.read():
            occurrences = self._occurrences[start : start + batch.num_rows]
            start += batch.num_rows
            column = pa.array(occurrences, pa.int32())
            yield "prompts", batch.append_column("occurrences", column)

    def tell(self, observe: Observer) -> None:
        """The waterfall, the repairs, and what the user must know."""
        rejects = {
            name.removeprefix("reject:"): count
            for name, count in self._counts.items()
            if name.startswith("reject:")
        }
        kept = len(self._occurrences)
        steps = [("read", kept + sum(rejects.values())), *sorted(rejects.items()), ("kept", kept)]
        observe.figure("waterfall", [{"step": step, "count": count} for step, count in steps])
        observe.figure("repairs", _as_counts(self._repairs))
        for name, sentence in _SENTENCES.items():
            if self._counts[name]:
                observe.note(sentence.format(self._counts[name]))


_SENTENCES = {
    "skipped_turns": "{} conversations open with a user turn that says nothing; their prompt is "
    "the first one that does.",
    "id_with_same_text": "{} rows repeat an id and its prompt; they were given new ids.",
    "id_with_other_text": "{} rows repeat an id with another prompt; they were given new ids.",
}


def _conversation_row(
    id_: str, row: Row, conversation: Conversation, cleaned: Cleaned
) -> tuple[Any, ...]:
    return (
        id_,
        _storable(conversation.source_id),
        row.source,
        row.file,
        row.number,
        cleaned.system,
        [(turn.role, turn.content) for turn in cleaned.turns],
        _storable(conversation.model),
        conversation.timestamp,
        _storable(conversation.language_declared),
    )


def _prompt_row(id_: str, conversation: Conversation, prompt: Prompt) -> tuple[Any, ...]:
    return (
        prompt.prompt_id,
        id_,
        prompt.system,
        prompt.text,
        prompt.language,
        _storable(conversation.language_declared),
        len(prompt.text),
        prompt.n_tokens,
        _as_counts(prompt.repairs),
        [],
    )


def _storable(text: str | None) -> str | None:
    return None if text is None else repair(text)[0]


def _as_counts(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"kind": kind, "count": count} for kind, count in sorted(counts.items())]


def _batch(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
