"""``ingest``: the rows of a dump → conversations, prompts, rejects.

Every row ends as exactly one kept prompt or one reject with its reason, and the waterfall adds up.
Rows stream. Memory holds one batch, an id for each conversation, and a digest and a signature for
each prompt; the texts wait on a scratch file until it is known which of them are kept.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import pyarrow as pa

from benchbuilder.config import IngestSettings
from benchbuilder.errors import ConfigError
from benchbuilder.observe import Observer
from benchbuilder.schemas import CONVERSATIONS, PROMPTS, REJECTS
from benchbuilder.sources.cleaning import Cleaned, Prompt, clean
from benchbuilder.sources.conversation import REASONS, Conversation, Row, Unusable
from benchbuilder.sources.scratch import Scratch
from benchbuilder.text.floods import find_floods
from benchbuilder.text.language import known_languages
from benchbuilder.text.near_duplicates import NearDuplicates
from benchbuilder.text.placeholders import count_placeholders
from benchbuilder.text.privacy import KINDS
from benchbuilder.text.repair import repair

_BATCH_ROWS = 2000
_text, _place = pa.string(), pa.int64()
# A prompt that may yet turn out to repeat another one, with what a reject would need.
_WAITING = pa.schema(
    [f for f in PROMPTS.schema if f.name != "occurrences"]
    + [pa.field("normalised", _text), pa.field("file", _text), pa.field("row", _place)]
)
# A conversation whose prompt was there before, at this place.
_REPEATED = pa.schema(
    [("conversation_id", _text), ("place", _place), ("file", _text), ("row", _place)]
)
_SCHEMAS = {
    "conversations": CONVERSATIONS.schema,
    "rejects": REJECTS.schema,
    "prompts": _WAITING,
    "repeated": _REPEATED,
}
_SHOWN_TEMPLATES = 20

Part = tuple[str, pa.RecordBatch]


def ingest(
    conversations: Iterator[Row], *, settings: IngestSettings, observe: Observer
) -> Iterator[Part]:
    """Turn the rows of a dump into prompts, and account for each.

    Yields batches of ``conversations`` and ``rejects`` as they come; at the end the ``rejects``
    that repeat other prompts, and the ``prompts``, in the order of the input. The figure
    ``waterfall`` lists the rows read, each reason with its count, and what was kept.

    Raises:
        ConfigError: ``languages`` names a language that cannot be detected.
        InputError: from the reader of the dump.
    """
    _check_languages(settings)
    books = _Books(settings)
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


@dataclass(frozen=True)
class _Repeats:
    """Prompts that repeat others, by their places: near-copies, and floods beyond the cap."""

    keepers: Mapping[int, int]
    floods: Mapping[int, str]

    def fate(self, place: int, own_reason: str) -> tuple[str | None, int | None, str | None]:
        """Reason, place of the keeper and detail for whatever stands at a place.

        ``own_reason`` is why it goes when its keeper stays; the reason is null where it is kept.
        """
        keeper = self.keepers.get(place, place)
        if keeper in self.floods:  # then nobody keeps it, and neither its copies
            return "template_flood", None, self.floods[keeper]
        if keeper != place:
            return "near_duplicate", keeper, None
        return own_reason or None, keeper, None


class _Books:
    """The books of one run: ids given out, prompts seen, rows that wait to be written."""

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings
        self._prompt_of: dict[str, str | None] = {}  # by conversation_id; null: no prompt
        self._place_of: dict[str, int] = {}  # by prompt_id, in the order of the input
        self._occurrences = array("l")  # by place
        self._near = NearDuplicates(settings.similarity)
        self._scratch = {name: Scratch(_SCHEMAS[name]) for name in ("prompts", "repeated")}
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _SCHEMAS}
        self._counts: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED}

    def new_id(self, row: Row, prompt: str | None) -> str:
        """The dump's own id where this run has not seen it, else the place of the row."""
        id_ = _storable(row.content.source_id)
        if id_ is not None and id_ in self._prompt_of:
            same = prompt is not None and self._prompt_of[id_] == prompt
            self._counts["events"]["id_with_same_text" if same else "id_with_other_text"] += 1
            id_ = None
        if id_ is None:
            part = "" if row.part is None else f".{row.part}"
            id_ = f"{row.file_digest}:{row.number}{part}"
        self._prompt_of[id_] = prompt
        return id_

    def enter(self, row: Row, conversation: Conversation, cleaned: Cleaned) -> None:
        """Write down a conversation; its prompt as new, as repeated, or as unusable."""
        prompt = cleaned.outcome if isinstance(cleaned.outcome, Prompt) else None
        id_ = self.new_id(row, prompt.prompt_id if prompt else None)
        self._rows["conversations"].append(_conversation_row(id_, row, conversation, cleaned))
        self._count(cleaned)
        if isinstance(cleaned.outcome, Unusable):
            self.reject(row, id_, cleaned.outcome)
        elif cleaned.outcome.prompt_id in self._place_of:
            place = self._place_of[cleaned.outcome.prompt_id]
            self._occurrences[place] += 1
            self._rows["repeated"].append((id_, place, row.file, row.number))
        else:
            self._place_of[cleaned.outcome.prompt_id] = len(self._occurrences)
            self._occurrences.append(1)
            self._rows["prompts"].append(_prompt_row(id_, row, conversation, cleaned.outcome))

    def _count(self, cleaned: Cleaned) -> None:
        counts, marks = self._counts, cleaned.marks
        counts["events"]["skipped_turns"] += bool(cleaned.skipped_turns)
        counts["events"]["images"] += bool(cleaned.images)
        counts["events"]["private"] += bool(marks.redactions)
        counts["repairs"].update(marks.repairs)
        counts["redactions"].update(marks.redactions)
        if isinstance(cleaned.outcome, Prompt):
            counts["placeholders"].update(count_placeholders(cleaned.outcome.text))
            counts["languages"][cleaned.outcome.language] += 1

    def reject(self, row: Row, id_: str, why: Unusable) -> None:
        """Write down why a row gives no prompt."""
        self._counts["rejects"][why.reason] += 1
        detail = _storable(why.detail)
        self._rows["rejects"].append((id_, why.reason, None, detail, row.file, row.number))

    def take_rows(self) -> Iterator[Part]:
        """The rows that wait. What may yet repeat another prompt goes to the scratch files."""
        if self._settings.near_duplicates:
            fresh = self._rows["prompts"]
            texts, systems = [row[_NORMALISED] for row in fresh], [row[_SYSTEM] for row in fresh]
            self._near.add(texts, [_group(system) for system in systems])
        for name, rows in self._rows.items():
            batch = _batch(rows, _SCHEMAS[name])
            rows.clear()
            if name in self._scratch:
                self._scratch[name].write(batch)
            elif batch.num_rows:
                yield name, batch

    def take_prompts(self) -> Iterator[Part]:
        """Decide what repeats what; then the rejects that follow, and the prompts."""
        repeats = self._find_repeats()
        ids = list(self._place_of)
        for place in repeats.keepers:
            self._occurrences[repeats.keepers[place]] += self._occurrences[place]
        for batch in self._scratch["repeated"].read():
            rows = batch.to_pylist()
            fates = [repeats.fate(row["place"], "duplicate") for row in rows]
            yield "rejects", self._rejected(rows, fates, ids)
        start = 0
        for batch in self._scratch["prompts"].read():
            places = range(start, start + batch.num_rows)
            start += batch.num_rows
            fates = [repeats.fate(place, "") for place in places]
            dropped = [i for i, fate in enumerate(fates) if fate[0]]
            if dropped:
                rows = batch.select(["conversation_id", "file", "row"]).take(dropped).to_pylist()
                yield "rejects", self._rejected(rows, [fates[i] for i in dropped], ids)
            kept = [i for i, fate in enumerate(fates) if not fate[0]]
            self._counts["kept"][""] += len(kept)
            occurrences = [self._occurrences[places[i]] for i in kept]
            yield "prompts", _finished(batch.take(kept), occurrences)

    def _find_repeats(self) -> _Repeats:
        keepers = self._near.keepers()
        if self._settings.per_template is None:
            return _Repeats(keepers, {})
        floods = find_floods(
            self._normalised_texts,
            len(self._occurrences),
            per_template=self._settings.per_template,
            skipped=keepers,
        )
        self._counts["templates"].update(floods.values())
        return _Repeats(keepers, floods)

    def _normalised_texts(self) -> Iterator[str]:
        for batch in self._scratch["prompts"].read():
            yield from batch.column("normalised").to_pylist()

    def _rejected(
        self, rows: list[dict[str, Any]], fates: list[tuple[Any, Any, Any]], ids: list[str]
    ) -> pa.RecordBatch:
        self._counts["rejects"].update(reason for reason, _, _ in fates)
        rejects = [
            (
                row["conversation_id"],
                reason,
                None if keeper is None else ids[keeper],
                detail,
                row["file"],
                row["row"],
            )
            for row, (reason, keeper, detail) in zip(rows, fates, strict=True)
        ]
        return _batch(rejects, REJECTS.schema)

    def tell(self, observe: Observer) -> None:
        """The waterfall and the other figures, and what the user must know."""
        counts = self._counts
        rejects = [(reason, counts["rejects"][reason]) for reason in REASONS]
        steps = [("read", len(self._prompt_of)), *rejects, ("kept", counts["kept"][""])]
        shown = [(s, n) for s, n in steps if n or s in ("read", "kept")]
        observe.figure("waterfall", [{"step": step, "count": count} for step, count in shown])
        for name in ("repairs", "placeholders", "languages"):
            observe.figure(name, _as_counts(counts[name]))
        observe.figure("private", self._private())
        templates = counts["templates"].most_common(_SHOWN_TEMPLATES)
        observe.figure("templates", [{"template": t, "dropped": n} for t, n in templates])
        for event, sentence in _SENTENCES.items():
            if counts["events"][event]:
                observe.note(sentence.format(counts["events"][event]))

    def _private(self) -> dict[str, Any]:
        return {
            "policy": self._settings.private,
            "checked": list(KINDS),
            "conversations": self._counts["events"]["private"],
            "found": _as_counts(self._counts["redactions"]),
        }


_COUNTED = (
    "rejects",
    "kept",
    "events",
    "repairs",
    "redactions",
    "placeholders",
    "languages",
    "templates",
)
_SYSTEM, _NORMALISED = (_WAITING.get_field_index(name) for name in ("system", "normalised"))
_SENTENCES = {
    "skipped_turns": "{} conversations open with a user turn that says nothing; their prompt is "
    "the first one that does.",
    "id_with_same_text": "{} rows repeat an id and its prompt; they were given new ids.",
    "id_with_other_text": "{} rows repeat an id with another prompt; they were given new ids.",
    "images": "{} prompts came with images or files, which are left out; "
    "--set ingest.images=drop leaves such prompts out.",
    "private": "{} conversations hold private texts of the ten kinds that are checked "
    "(names and street addresses are not); see the figure `private`.",
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


def _prompt_row(id_: str, row: Row, conversation: Conversation, prompt: Prompt) -> tuple[Any, ...]:
    return (
        prompt.prompt_id,
        id_,
        prompt.system,
        prompt.text,
        prompt.language,
        _storable(conversation.language_declared),
        len(prompt.text),
        prompt.n_tokens,
        _as_counts(prompt.marks.repairs),
        _as_counts(prompt.marks.redactions),
        prompt.normalised,
        row.file,
        row.number,
    )


def _storable(text: str | None) -> str | None:
    return None if text is None else repair(text)[0]


def _group(system: str | None) -> int:
    """Prompts under different system prompts are never near-copies."""
    return int.from_bytes(blake2b((system or "").encode(), digest_size=7).digest(), "big")


def _as_counts(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"kind": kind, "count": count} for kind, count in sorted(counts.items())]


def _finished(batch: pa.RecordBatch, occurrences: list[int]) -> pa.RecordBatch:
    columns = {name: batch.column(name) for name in batch.schema.names}
    columns["occurrences"] = pa.array(occurrences, pa.int32())
    return pa.RecordBatch.from_arrays(
        [columns[name] for name in PROMPTS.schema.names], schema=PROMPTS.schema
    )


def _batch(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
