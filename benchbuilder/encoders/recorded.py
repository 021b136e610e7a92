"""Vectors that are on record: a text that was encoded before is looked up.

One SQLite file holds, by the digest of encoder and text, the vector, whether the text was cut, and
its windows; no text. Each block of texts is written in one transaction: a killed run loses the
block it was at. Removing the file costs time, nothing else.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchbuilder.encoders.protocol import Encoded, Encoder, Progress
from benchbuilder.errors import RunFolderError
from benchbuilder.observe import Observer

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    key BLOB PRIMARY KEY, vector BLOB NOT NULL, truncated INTEGER NOT NULL, windows INTEGER NOT NULL
);
"""
_KEY_BYTES = 16
_CHUNK = 500  # keys per query, below SQLite's limit on variables
# Between two blocks processors wait for each other: these are work enough for some fifty.
_BLOCKS_ELSEWHERE = 16
Row = tuple[bytes, bytes, bool, int]
#: Encodes parts, lazily and in order.
Elsewhere = Callable[[Iterable[list[str]]], Iterator[Encoded]]


class VectorRecord:
    """The file; several programs may have it open.

    Raises:
        RunFolderError: the file cannot be opened, read or written, or is no such record.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._explained():
            self._db = sqlite3.connect(
                path, timeout=60, isolation_level=None, check_same_thread=False
            )
            self._db.execute("PRAGMA page_size = 16384")  # ten vectors a page, little left over
            # WAL with NORMAL: a power cut may take the last blocks, never the file.
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_SCHEMA)
        #: Closes the file when nobody holds the record any more, at the latest at exit.
        self.close = weakref.finalize(self, self._db.close)

    def of(self, keys: Sequence[bytes]) -> Iterator[Row]:
        """The rows that are there."""
        with self._explained():
            for start in range(0, len(keys), _CHUNK):
                chunk = keys[start : start + _CHUNK]
                marks = ", ".join("?" * len(chunk))
                yield from self._db.execute(f"SELECT * FROM vectors WHERE key IN ({marks})", chunk)

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows, all or none; one that is there stays as it is."""
        with self._explained(), self._db:  # commits, or rolls back what is left to roll back
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?)", rows)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            short = error.sqlite_errorname.startswith(("SQLITE_FULL", "SQLITE_IOERR"))
            raise RunFolderError(
                f"cannot use the record of vectors {self.path}: {error}",
                hint="make room on the disk and run the same command again; what is recorded stays"
                if short
                else f"rm {self.path} (vectors will be computed again)",
            ) from error


class RecordedEncoder:
    """An encoder that encodes what is not on record, and records it.

    The encoder must work block by block (``block_rows`` is not null), each text by itself.
    ``part_rows``: so many texts are encoded, and then recorded; null: those of a block.
    ``elsewhere`` encodes parts in place of ``encoder``, as it would, many at a time; blocks then
    hold enough of them for many processors. ``observe`` hears the figure ``recorded_vectors``.
    """

    def __init__(
        self,
        encoder: Encoder,
        record: VectorRecord,
        part_rows: int | None,
        observe: Observer,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        if encoder.block_rows is None:
            raise ValueError("the vectors of this encoder depend on all texts")
        self.name, self.identity = encoder.name, encoder.identity
        self.block_rows = encoder.block_rows * (_BLOCKS_ELSEWHERE if elsewhere else 1)
        self._encoder, self._record, self._part_rows = encoder, record, part_rows
        self._observe, self._found, self._elsewhere = observe, 0, elsewhere
        whose = json.dumps(encoder.identity, sort_keys=True).encode()
        self._whose = hashlib.blake2b(whose, digest_size=_KEY_BYTES).digest()

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Encoded:
        """See ``Encoder.encode``; a text that stands twice is encoded once."""
        if not texts:
            return self._encoder.encode(texts)
        keys = [self._key(text) for text in texts]
        found = {row[0]: row for row in self._record.of(list(dict.fromkeys(keys)))}
        self._found += sum(key in found for key in keys)
        self._observe.figure("recorded_vectors", self._found)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        done = len(texts) - len(missing)

        def advance(of_part: int, _size: int) -> None:
            if progress:
                progress(done + of_part, len(texts))

        parts = list(self._parts(missing))
        encodings = self._encodings(([missing[key] for key in part] for part in parts), advance)
        for part, encoded in zip(parts, encodings, strict=True):
            rows = list(_rows(part, encoded))
            self._record.add(rows)
            found.update({row[0]: row for row in rows})
            done += len(part)
            advance(0, 0)
        advance(0, 0)
        return _encoded([found[key] for key in keys], self._record.path)

    def _encodings(self, parts: Iterable[list[str]], advance: Progress) -> Iterator[Encoded]:
        if self._elsewhere is not None:
            return self._elsewhere(parts)
        return (self._encoder.encode(part, advance) for part in parts)

    def _parts(self, missing: dict[bytes, str]) -> Iterator[list[bytes]]:
        """The longest first: texts of a part are about equally long, as batches want them."""
        order = sorted(missing, key=lambda key: -len(missing[key]))
        step = self._part_rows or max(1, len(order))
        yield from (order[start : start + step] for start in range(0, len(order), step))

    def _key(self, text: str) -> bytes:
        text_bytes = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text_bytes, key=self._whose, digest_size=_KEY_BYTES).digest()


def _rows(keys: Sequence[bytes], encoded: Encoded) -> Iterator[Row]:
    for key, vector, truncated, windows in zip(keys, *encoded, strict=True):
        yield key, vector.tobytes(), bool(truncated), int(windows)


def _encoded(rows: Sequence[Row], path: Path) -> Encoded:
    if len({len(row[1]) for row in rows}) > 1:
        raise RunFolderError(
            f"the encoder's vectors are not as wide as those of the same encoder in {path}",
            hint=f"rm {path} (vectors will be computed again)",
        )
    vectors = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32)
    return Encoded(
        vectors.reshape(len(rows), -1),
        np.array([row[2] for row in rows], dtype=np.bool_),
        np.array([row[3] for row in rows], dtype=np.int32),
    )
