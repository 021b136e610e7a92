"""Records that hold others: pages of an API, OTLP export requests, rows of a dataset server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from benchbuilder.sources.fields import list_of
from benchbuilder.sources.otel import spans_of
from benchbuilder.sources.records import Broken, Record

_PAGES = ("data", "rows", "items", "records", "conversations", "traces", "observations")
# What stands beside the rows of a page; a record with any other field is no page.
_BESIDE = frozenset(
    {"meta", "object", "features", "has_more", "first_id", "last_id", "version"}
) | {"num_rows_total", "num_rows_per_page", "partial", "next", "previous", "count", "total"}


class Piece(NamedTuple):
    """A record, or one of the ``part``s (counted from 1) that a record held."""

    number: int
    part: int | None
    content: Mapping[str, Any] | Broken


def unwrap(records: Iterable[Record]) -> Iterator[Piece]:
    """The records within, where a record holds several; any other as it is."""
    for number, content in records:
        within = None if isinstance(content, Broken) else _within(content)
        if within is None:
            yield Piece(number, None, content)
        else:
            for part, inner in enumerate(within, start=1):
                yield Piece(number, part, inner)


def _within(content: Mapping[str, Any]) -> Iterable[Mapping[str, Any]] | None:
    if "resourceSpans" in content:
        return spans_of(content)
    if "row_idx" in content and isinstance(content.get("row"), Mapping):
        return [content["row"]]
    others = [name for name in content if name not in _BESIDE]
    if len(others) != 1 or others[0] not in _PAGES:
        return None
    rows = list_of(content[others[0]])
    if not rows or not all(isinstance(row, Mapping) for row in rows) or "from" in rows[0]:
        return None
    return [row["row"] if "row_idx" in row and "row" in row else row for row in rows]
