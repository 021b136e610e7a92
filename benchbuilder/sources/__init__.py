"""Prompt dumps of any format and size, read as one stream of conversations.

``paths`` finds the files, ``records`` takes them apart, one module for each format turns a record
into a conversation, and ``registry`` lists the formats.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchbuilder.errors import InputError
from benchbuilder.observe import Observer
from benchbuilder.settings import IngestSettings
from benchbuilder.sources.conversation import BAD_ROW, Conversation, Row, Turn, Unusable
from benchbuilder.sources.fields import parse_id
from benchbuilder.sources.paths import expand
from benchbuilder.sources.records import Broken, read_records
from benchbuilder.sources.registry import SOURCES, Source, choose
from benchbuilder.sources.wrappers import Piece, unwrap

__all__ = ["SOURCES", "Conversation", "Row", "Turn", "Unusable", "expand", "read_dump"]

# The fields of a file are those of its first records: a log may begin with an odd one.
_LOOKAHEAD = 50
_DIGEST_HEX = 12


def read_dump(paths: Sequence[Path], settings: IngestSettings, observe: Observer) -> Iterator[Row]:
    """Every row of a dump, in order, as a conversation or the reason why it is none.

    The format is found for each file by the fields of its first records. Rows that cannot be read
    come with the reason ``bad_row`` and their place; above ``max_bad_rows`` of them reading stops.
    The figure ``files`` lists name, format and rows of each file.

    Raises:
        InputError: a file is missing, empty, unreadable or of no known format, or too many rows
            are bad.
        ConfigError: ``format`` names none.
    """
    files: list[dict[str, Any]] = []
    digests: Counter[str] = Counter()
    bad_rows = 0
    for path in expand(paths):
        source, pieces = _open(path, settings)
        digest = _unique_digest(path, digests)
        files.append({"file": path.name, "format": source.name, "rows": 0})
        for piece in pieces:
            row = _parse(piece, source, settings, path, digest)
            files[-1]["rows"] += 1
            if isinstance(row.content, Unusable) and row.content.reason == BAD_ROW:
                bad_rows += 1
                _check_bad_rows(bad_rows, settings, path, row)
            if isinstance(piece.content, Broken) and piece.content.final:
                observe.note(
                    f"{path.name}:{piece.number}: {piece.content.detail}; what follows "
                    "in this file is not read"
                )
            yield row
    observe.figure("files", files)


def _unique_digest(path: Path, seen: Counter[str]) -> str:
    """The file's digest; copies of one file are told apart by their order."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:_DIGEST_HEX]
    seen[digest] += 1
    return digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def _open(path: Path, settings: IngestSettings) -> tuple[Source, Iterator[Piece]]:
    """A file's format and all that it holds."""
    pieces = unwrap(read_records(path))
    first = list(itertools.islice(pieces, _LOOKAHEAD))
    if not first:
        raise InputError("the file holds no rows", file=path, hint="give a file that holds prompts")
    readable = [p.content for p in first if not isinstance(p.content, Broken)]
    if not readable:
        number, content = first[0].number, first[0].content
        detail = content.detail if isinstance(content, Broken) else ""
        raise InputError(
            f"none of the first {len(first)} rows can be read: {detail}",
            file=path,
            line=number,
            hint="is it the format its name says? See: head -c 300 FILE",
        )
    fields = frozenset(itertools.chain.from_iterable(readable))
    return choose(settings, fields, str(path)), itertools.chain(first, pieces)


def _parse(piece: Piece, source: Source, settings: IngestSettings, path: Path, digest: str) -> Row:
    if isinstance(piece.content, Broken):
        content: Conversation | Unusable = Unusable(BAD_ROW, piece.content.detail)
    else:
        content = _parse_content(piece.content, source)
        if settings.id_column:
            source_id = parse_id(piece.content.get(settings.id_column))
            content = content._replace(source_id=source_id)
    return Row(_readable_name(path), digest, piece.number, source.name, content, piece.part)


def _parse_content(content: Mapping[str, Any], source: Source) -> Conversation | Unusable:
    try:
        return source.parse(content)
    except RecursionError:  # logs may wrap an input in an input in an input
        return Unusable(BAD_ROW, "nested too deeply")


def _readable_name(path: Path) -> str:
    """The file's name, with bytes that are no UTF-8 replaced."""
    return path.name.encode("utf-8", "replace").decode()


def _check_bad_rows(count: int, settings: IngestSettings, path: Path, row: Row) -> None:
    if count <= settings.max_bad_rows or not isinstance(row.content, Unusable):
        return
    raise InputError(
        f"more than {settings.max_bad_rows} rows cannot be read; the last: {row.content.detail}",
        file=path,
        line=row.number,
        hint=f"--set ingest.max_bad_rows={10 * max(settings.max_bad_rows, 10)} to skip more of "
        "them, or --set ingest.format=NAME if the format was not recognised",
    )
