"""The SQLite file behind a completion cache: its tables, its failures, and how an older one is
opened."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchbuilder.errors import RunFolderError

# WAL with NORMAL loses nothing when the program is killed; only a power cut may take the last
# commits, never the file.
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS questions (key TEXT PRIMARY KEY, question TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    final INTEGER NOT NULL,
    model TEXT NOT NULL,
    request_id TEXT NOT NULL,
    status TEXT NOT NULL,
    text TEXT, thinking TEXT, finish_reason TEXT,
    input_tokens INTEGER, output_tokens INTEGER, cost_usd REAL,
    detail TEXT,
    adapted TEXT,
    stage TEXT
);
CREATE INDEX IF NOT EXISTS calls_by_key ON calls (key);
CREATE UNIQUE INDEX IF NOT EXISTS one_final_call ON calls (key) WHERE final;
CREATE TABLE IF NOT EXISTS adaptations (model TEXT, field TEXT, PRIMARY KEY (model, field));
CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, owner TEXT, renewed REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batches (
    token TEXT PRIMARY KEY, model TEXT NOT NULL, batch_id TEXT, requests TEXT NOT NULL, stage TEXT
);
CREATE TABLE IF NOT EXISTS vectors (
    key TEXT PRIMARY KEY, vector BLOB NOT NULL, cut INTEGER NOT NULL
);
"""
_CHUNK = 500  # keys per query, below SQLite's limit on variables


class Database(sqlite3.Connection):
    """A connection whose statements fail as a run folder does.

    Raises:
        RunFolderError: by ``execute`` and ``executemany``: the disk is full, the file is gone or
            broken.
    """

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        with _told():
            return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        with _told():
            return super().executemany(sql, parameters)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements of the block, or none; other programs wait."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:  # Ctrl-C as well must not leave the database locked
            if self.in_transaction:  # a full disk may have ended it already
                self.execute("ROLLBACK")
            raise

    def rows_of(
        self, table: str, columns: str, keys: Iterable[str], *, order: str = "key"
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of some keys; ``order`` holds among those of one key."""
        wanted = list(keys)
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            yield from self.execute(
                f"SELECT {columns} FROM {table} WHERE key IN ({marks}) ORDER BY {order}", chunk
            )


def open_database(path: Path) -> Database:
    """The file, made where it is not there; threads may share the connection.

    Raises:
        RunFolderError: it cannot be opened or is no completion cache.
    """
    try:
        db = sqlite3.connect(
            path, timeout=60, isolation_level=None, check_same_thread=False, factory=Database
        )
        db.executescript(_SCHEMA)
    except sqlite3.Error as error:
        raise RunFolderError(
            f"cannot open the completion cache {path}: {error}",
            hint="check that the folder can be written, or move that file away",
        ) from error
    for table in ("calls", "batches"):
        _add_stage(db, table)
    return db


def _add_stage(db: Database, table: str) -> None:
    """Add the column that files from before it have not."""

    def is_there() -> bool:
        return "stage" in {name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")}

    if is_there():
        return
    with db.transaction():
        if not is_there():  # another program may have been faster
            db.execute(f"ALTER TABLE {table} ADD COLUMN stage TEXT")


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise RunFolderError(
            f"cannot use the completion cache: {error}",
            hint="see that the disk has room and the folder can be written, then run the same "
            "command again; what is recorded stays",
        ) from error
