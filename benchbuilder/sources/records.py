"""One record after another out of a file, whatever holds it: JSON, Parquet, Arrow, CSV, text.

Nothing here knows what a conversation is. A record is a mapping of fields (a line of a text file
is ``{"text": line}``), or ``Broken`` with the reason. Memory holds one buffer and one record.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from benchbuilder.errors import InputError
from benchbuilder.sources.json_values import BrokenJson, CutJson, parse_json, read_json, stream_json
from benchbuilder.sources.paths import READABLE, kind_of
from benchbuilder.sources.turns import type_name

_PACKINGS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bz2"}
_BUFFER_BYTES = 1 << 16  # what a packed file that breaks off may lose before the fault
_BATCH_ROWS = 512
_LONGEST_CELL = 2**31 - 1  # the csv module stops at 131072 characters unless told otherwise


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be read; ``final`` when nothing after it can be read either."""

    detail: str
    final: bool = False


class Record(NamedTuple):
    """``number`` counts from 1: the line of JSONL, CSV and text, the record of anything else."""

    number: int
    content: Mapping[str, Any] | Broken


def read_records(path: Path) -> Iterator[Record]:
    """The records of one file, streamed.

    Raises:
        InputError: the file is empty, of no known kind, or cannot be read from the start.
    """
    try:
        with path.open("rb") as file:
            head = file.read(64)
        kind = _kind(path, head)
        if kind in ("parquet", "arrow"):
            yield from _tables(path, kind)
        else:
            yield from _texts(path, kind, head)
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"cannot be read: {error}", file=path, hint=READABLE) from error


def _kind(path: Path, head: bytes) -> str:
    if not head:
        raise InputError("the file is empty", file=path, hint="give a file that holds prompts")
    if head.startswith(b"version https://git-lfs"):
        raise InputError("only a pointer to the real file", file=path, hint="git lfs pull")
    kind = "parquet" if head.startswith(b"PAR1") else kind_of(path)
    if kind is None and head.lstrip()[:1] in (b"{", b"["):
        kind = "json"
    if kind is None:
        raise InputError("not known by its suffix", file=path, hint=READABLE)
    return kind


def _texts(path: Path, kind: str, head: bytes) -> Iterator[Record]:
    packing = next((name for magic, name in _PACKINGS.items() if head.startswith(magic)), None)
    with pa.input_stream(str(path), compression=packing) as unpacked:
        stream = io.BufferedReader(unpacked, _BUFFER_BYTES)
        start = stream.peek(_BUFFER_BYTES)
        wide = start[:2] in (b"\xff\xfe", b"\xfe\xff")
        if kind in ("csv", "tsv"):
            yield from _separated(_decoded(stream, wide), delimiter_of(kind, start), path)
        elif kind == "json" and _is_one_text(start):
            yield from _json_text(_decoded(stream, wide), path)
        else:
            parse = _parse_json_line if kind == "json" else _parse_text_line
            yield from _lines(_decoded(stream, wide) if wide else stream, parse)


def _decoded(stream: io.BufferedReader, wide: bool) -> io.TextIOWrapper:
    return io.TextIOWrapper(stream, encoding="utf-16" if wide else "utf-8-sig", newline="")


def _is_one_text(start: bytes) -> bool:
    """Whether JSON is one array or pretty-printed objects, and not one value a line."""
    start = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    first, _, rest = start.partition(b"\n")
    if start.startswith(b"["):
        return not rest.lstrip().startswith(b"[") or parse_json(first) is None
    return first.rstrip()[-1:] in (b"{", b"[", b",", b":") and bool(rest)


def _json_text(text: io.TextIOWrapper, path: Path) -> Iterator[Record]:
    """Records of a JSON array of any size. Where it breaks off is one broken, final record."""
    number = 0
    try:
        for number, value in enumerate(stream_json(text), start=1):
            yield Record(number, _as_record(value))
    except (CutJson, OSError) as error:
        yield Record(number + 1, Broken(str(error), final=True))
    except (BrokenJson, UnicodeDecodeError) as error:
        raise InputError(
            f"record {number + 1} cannot be read: {error}",
            file=path,
            hint="one record a line (JSONL) lets a reader skip what is broken: jq -c '.[]'",
        ) from None


def _lines(
    lines: io.BufferedReader | io.TextIOWrapper, parse: Callable[[str | bytes], Any]
) -> Iterator[Record]:
    """Records of a file with one on each line; blank lines are none."""
    number = 0
    while True:
        number += 1
        try:
            line = lines.readline()
        except OSError as error:
            yield Record(number, Broken(f"the file breaks off here: {error}", final=True))
            return
        if not line:
            return
        if not line.isspace():
            yield Record(number, parse(line))


def _parse_json_line(line: str | bytes) -> Mapping[str, Any] | Broken:
    if isinstance(line, bytes):
        line = line.removeprefix(b"\xef\xbb\xbf")
    try:
        return _as_record(read_json(line))
    except BrokenJson as error:
        return Broken(str(error))


def _parse_text_line(line: str | bytes) -> Mapping[str, Any] | Broken:
    try:
        text = line if isinstance(line, str) else line.decode("utf-8")
    except UnicodeDecodeError as error:
        return Broken(f"byte {error.start + 1} is not UTF-8")
    return {"text": text.removeprefix("\ufeff").rstrip("\r\n")}


def _as_record(value: Any) -> Mapping[str, Any] | Broken:
    if isinstance(value, dict):
        return value
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, list):  # a bare list of messages
        return {"messages": value}
    return Broken(f"expected an object, found {type_name(value)}")


def delimiter_of(kind: str, start: bytes) -> str:
    """What separates cells, ``kind`` being ``csv`` or ``tsv``.

    Spreadsheets write semicolons into a CSV where a comma is decimal.
    """
    if kind == "tsv":
        return "\t"
    header = start.partition(b"\n")[0]
    return ";" if b";" in header and b"," not in header else ","


def _separated(text: io.TextIOWrapper, delimiter: str, path: Path) -> Iterator[Record]:
    """Records of CSV or TSV with a header; cells may hold line breaks."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(text, delimiter=delimiter)
    header: list[str] = []
    try:
        for cells in reader:
            if not header:
                header = cells
            elif len(cells) == len(header):
                yield Record(reader.line_num, dict(zip(header, cells, strict=True)))
            elif cells:
                detail = f"found {len(cells)} cells where the header has {len(header)}"
                yield Record(reader.line_num, Broken(detail))
    except OSError as error:
        yield Record(reader.line_num + 1, Broken(f"the file breaks off: {error}", final=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read as UTF-8 text: {error}",
            file=path,
            line=reader.line_num + 1,
            hint=f"iconv -f latin1 -t utf-8 {path} > converted{path.suffix}",
        ) from None


def _tables(path: Path, kind: str) -> Iterator[Record]:
    number = 0
    batches = _parquet_batches(path) if kind == "parquet" else _arrow_batches(path)
    for batch in batches:
        for content in _rows(batch):
            number += 1
            yield Record(number, content)


def _parquet_batches(path: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=_BATCH_ROWS)


def _arrow_batches(path: Path) -> Iterator[pa.RecordBatch]:
    """Both layouts of Arrow IPC: ``datasets`` writes streams, other tools files."""
    with pa.memory_map(str(path)) as source:
        if source.read(6) == b"ARROW1":
            reader = pa.ipc.open_file(source)
            yield from map(reader.get_batch, range(reader.num_record_batches))
        else:
            source.seek(0)
            yield from pa.ipc.open_stream(source)


def _rows(batch: pa.RecordBatch) -> Iterable[Mapping[str, Any] | Broken]:
    for start in range(0, batch.num_rows, _BATCH_ROWS):
        part = batch.slice(start, _BATCH_ROWS)
        try:
            yield from part.to_pylist()
        except (UnicodeDecodeError, ValueError):
            yield from (_row(part.slice(i, 1)) for i in range(part.num_rows))


def _row(one: pa.RecordBatch) -> Mapping[str, Any] | Broken:
    try:
        row: dict[str, Any] = one.to_pylist()[0]
    except (UnicodeDecodeError, ValueError) as error:
        return Broken(f"a cell cannot be read: {error}")
    return row
