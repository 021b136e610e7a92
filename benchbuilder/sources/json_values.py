"""JSON as dumps really hold it: fast where it is clean, forgiving where it is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import TextIOBase
from typing import Any

import orjson

_CHUNK_CHARS = 1 << 20
# Errors of a record whose end is not read yet lie at the end of what is read, give or take an
# escape sequence; only an unfinished text is reported where it began.
_END_CHARS = 16

_gap = re.compile(r"[\s,]*")
# orjson is strict; this reads NaN, control characters and lone surrogates, as Python writes them.
_forgiving = json.JSONDecoder(strict=False)


class BrokenJson(ValueError):
    """Text that is no JSON, in one short sentence."""


class CutJson(BrokenJson):
    """JSON that breaks off; everything before the cut was read."""


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text, or ``None`` where it is none (see ``read_json``)."""
    try:
        return read_json(text)
    except BrokenJson:
        return None


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text.

    Raises:
        BrokenJson: it is none, or it is no UTF-8.
    """
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    try:
        return _forgiving.decode(text if isinstance(text, str) else text.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BrokenJson(f"byte {error.start + 1} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise BrokenJson(f"not JSON: {error.msg.lower()} (character {error.pos + 1})") from None
    except RecursionError:
        raise BrokenJson("not readable JSON: nested too deeply") from None
    except ValueError:  # Python refuses integers of more than 4300 digits
        raise BrokenJson("not readable JSON: a number is too long") from None


def stream_json(text: TextIOBase) -> Iterator[Any]:
    """Values of one JSON array of any size, or of JSON texts that follow each other.

    Holds one record and one chunk. At three quarters of the speed of ijson's C backend it reads
    what ijson refuses: NaN, lone surrogates.

    Raises:
        CutJson: the text breaks off.
        BrokenJson: a record is malformed; where the next one begins cannot be known.
        UnicodeDecodeError: the text is no UTF-8.
    """
    buffer = text.read(_CHUNK_CHARS).lstrip("\ufeff \t\r\n")
    in_array = buffer.startswith("[")
    position = int(in_array)
    while True:
        position = _end_of_gap(buffer, position)
        if in_array and buffer.startswith("]", position):
            return
        found = _next_value(buffer, position)
        if found is not None and found[1] < len(buffer):
            value, position = found
            yield value
            continue
        # Double what is held, so that a long record is not parsed over and over.
        more = text.read(max(_CHUNK_CHARS, len(buffer) - position))
        if more:
            buffer, position = buffer[position:] + more, 0
            continue
        if found is not None:
            yield found[0]
        if in_array or (found is None and position < len(buffer)):
            raise CutJson("the file breaks off here")
        return


def _end_of_gap(buffer: str, position: int) -> int:
    found = _gap.match(buffer, position)
    return found.end() if found else position


def _next_value(buffer: str, position: int) -> tuple[Any, int] | None:
    """The value that begins here and where it ends; ``None`` when its end is not read yet."""
    try:
        return _forgiving.raw_decode(buffer, position)
    except json.JSONDecodeError as error:
        if error.pos < len(buffer) - _END_CHARS and not error.msg.startswith("Unterminated"):
            raise BrokenJson(f"not JSON: {error.msg.lower()}") from None
        return None
    except RecursionError:
        raise BrokenJson("not readable JSON: nested too deeply") from None
    except ValueError:
        raise BrokenJson("not readable JSON: a number is too long") from None
