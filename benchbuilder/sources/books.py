"""The books of one ingest: ids given out, prompts seen, and what became of every row.

Memory holds the ids of conversations and prompts. Texts and signatures wait on scratch files until
it is known which prompts are kept.
"""

from __future__ import annotations

import itertools
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from benchbuilder.schemas import CONVERSATIONS, PROMPTS, REJECTS
from benchbuilder.settings import IngestSettings
from benchbuilder.sources.blocks import Block
from benchbuilder.sources.cleaning import Cleaned, Prompt
from benchbuilder.sources.conversation import Conversation, Row, Unusable
from benchbuilder.sources.scratch import Scratch
from benchbuilder.text.floods import find_floods
from benchbuilder.text.near_duplicates import NearDuplicates
from benchbuilder.text.repair import repair

Part = tuple[str, pa.RecordBatch]

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

#: Reason (null: kept), place of the keeper, detail.
Fate = tuple[str | None, int | None, str | None]


@dataclass(frozen=True)
class Repeats:
    """Prompts that repeat others, by their places: near-copies, and floods beyond the cap."""

    keepers: Mapping[int, int]
    floods: Mapping[int, str]

    def fate(self, place: int, repeated: str | None) -> Fate:
        """What becomes of a text at a place; ``repeated`` is its reason when its keeper stays."""
        keeper = self.keepers.get(place, place)
        if keeper in self.floods:  # then nobody keeps it, and neither its copies
            return "template_flood", None, self.floods[keeper]
        if keeper != place:
            return "near_duplicate", keeper, None
        return repeated, keeper, None


class Books:
    """Takes rows in the order of the input, gives batches of artifacts back.

    ``rejects`` counts rows by reason and ``kept`` the prompts; both are whole when ``take_prompts``
    is through. ``ids_again`` counts rows whose id was there before, with the same prompt (true)
    or another (false).
    """

    def __init__(self, settings: IngestSettings) -> None:
        self.rejects: Counter[str] = Counter()
        self.kept = 0
        self.templates: Counter[str] = Counter()
        self.ids_again: Counter[bool] = Counter()
        self._settings = settings
        self._prompt_of: dict[str, str | None] = {}  # by conversation_id; null: no prompt
        self._place_of: dict[str, int] = {}  # by prompt_id, in the order of the input
        self._occurrences = array("l")  # by place
        self._near = NearDuplicates(settings.similarity)
        self._scratch = {name: Scratch(_SCHEMAS[name]) for name in ("prompts", "repeated")}
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _SCHEMAS}

    @property
    def read(self) -> int:
        """Rows that were entered."""
        return len(self._prompt_of)

    def close(self) -> None:
        """Throw the scratch files away."""
        self._near.close()
        for scratch in self._scratch.values():
            scratch.close()

    def enter(self, rows: Sequence[Row], block: Block) -> None:
        """Write down rows: their conversations, their prompts as new, repeated or unusable."""
        new = [self._enter(row, one) for row, one in zip(rows, block.cleaned, strict=True)]
        if block.signatures is not None:
            has_prompt = (prompt is not None for prompt in block.prompts())
            self._near.add(block.signatures.only(list(itertools.compress(new, has_prompt))))

    def _enter(self, row: Row, cleaned: Cleaned | None) -> bool:
        """Whether the row brings a prompt that was not there before."""
        if isinstance(row.content, Unusable) or cleaned is None:
            assert isinstance(row.content, Unusable), "a conversation was not cleaned"
            self._reject(self._new_id(row, None), row, row.content)
            return False
        outcome = cleaned.outcome
        id_ = self._new_id(row, outcome.prompt_id if isinstance(outcome, Prompt) else None)
        self._rows["conversations"].append(_conversation_row(id_, row, row.content, cleaned))
        if isinstance(outcome, Unusable):
            self._reject(id_, row, outcome)
            return False
        place = self._place_of.setdefault(outcome.prompt_id, len(self._occurrences))
        if place < len(self._occurrences):
            self._occurrences[place] += 1
            self._rows["repeated"].append((id_, place, row.file, row.number))
            return False
        self._occurrences.append(1)
        self._rows["prompts"].append(_prompt_row(id_, row, row.content, outcome))
        return True

    def _new_id(self, row: Row, prompt: str | None) -> str:
        """The dump's own id where this run has not seen it, else the place of the row."""
        id_ = _storable(row.content.source_id)
        if id_ is not None and id_ in self._prompt_of:
            self.ids_again[prompt is not None and self._prompt_of[id_] == prompt] += 1
            id_ = None
        if id_ is None:
            part = "" if row.part is None else f".{row.part}"
            id_ = f"{row.file_digest}:{row.number}{part}"
        self._prompt_of[id_] = prompt
        return id_

    def _reject(self, id_: str, row: Row, why: Unusable) -> None:
        self.rejects[why.reason] += 1
        detail = _storable(why.detail)
        self._rows["rejects"].append((id_, why.reason, None, detail, row.file, row.number))

    def take_rows(self) -> Iterator[Part]:
        """The rows that wait. What may yet repeat another prompt goes to the scratch files."""
        for name, rows in self._rows.items():
            if not rows:
                continue
            batch = _batch(rows, _SCHEMAS[name])
            rows.clear()
            if name in self._scratch:
                self._scratch[name].write(batch)
            else:
                yield name, batch

    def take_prompts(self) -> Iterator[Part]:
        """Decide what repeats what; then the rejects that follow, and the prompts."""
        repeats = self._find_repeats()
        ids = list(self._place_of)
        for place, keeper in repeats.keepers.items():
            self._occurrences[keeper] += self._occurrences[place]
        for batch in self._scratch["repeated"].read():
            fates = [repeats.fate(place, "duplicate") for place in batch["place"].to_pylist()]
            yield "rejects", self._rejected(batch, fates, ids)
        start = 0
        for batch in self._scratch["prompts"].read():
            fates = [repeats.fate(start + i, None) for i in range(batch.num_rows)]
            kept = [i for i, fate in enumerate(fates) if fate[0] is None]
            dropped = [i for i, fate in enumerate(fates) if fate[0] is not None]
            if dropped:
                rest = batch.take(pa.array(dropped))
                yield "rejects", self._rejected(rest, [fates[i] for i in dropped], ids)
            if kept:
                occurrences = [self._occurrences[start + i] for i in kept]
                yield "prompts", _finished(batch.take(pa.array(kept)), occurrences)
            self.kept += len(kept)
            start += batch.num_rows

    def _find_repeats(self) -> Repeats:
        keepers = self._near.keepers()
        if self._settings.per_template is None:
            return Repeats(keepers, {})
        floods = find_floods(
            self._normalised_texts,
            len(self._occurrences),
            per_template=self._settings.per_template,
            skipped=keepers,
        )
        self.templates.update(floods.values())
        return Repeats(keepers, floods)

    def _normalised_texts(self) -> Iterator[str]:
        for batch in self._scratch["prompts"].read():
            yield from batch["normalised"].to_pylist()

    def _rejected(
        self, batch: pa.RecordBatch, fates: Sequence[Fate], ids: Sequence[str]
    ) -> pa.RecordBatch:
        self.rejects.update(str(reason) for reason, _, _ in fates)
        rows = batch.select(["conversation_id", "file", "row"]).to_pylist()
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


def _conversation_row(
    id_: str, row: Row, conversation: Conversation, cleaned: Cleaned
) -> tuple[Any, ...]:
    turns = conversation.turns if cleaned.turns is None else cleaned.turns
    return (
        id_,
        _storable(conversation.source_id),
        row.source,
        row.file,
        row.number,
        cleaned.system,
        [(turn.role, turn.content) for turn in turns],
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
        as_counts(prompt.marks.repairs),
        as_counts(prompt.marks.redactions),
        prompt.normalised,
        row.file,
        row.number,
    )


def _storable(text: str | None) -> str | None:
    if text is None or (text.isascii() and text.isprintable()):  # ids and names nearly always are
        return text
    return repair(text)[0]


def as_counts(counts: Mapping[str, int]) -> list[dict[str, Any]]:
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
