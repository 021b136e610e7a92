"""The SQLite file behind a completion cache: its tables, and how an older file is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from benchbuilder.errors import RunFolderError

_SCHEMA = """
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
"""


def open_database(path: Path) -> sqlite3.Connection:
    """The file, made where it is not there; threads may share the connection.

    Raises:
        RunFolderError: it cannot be opened or is no completion cache.
    """
    try:
        db = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        # WAL with NORMAL loses nothing when the program is killed; only a power cut may take
        # the last commits, never the file.
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.executescript(_SCHEMA)
        _bring_up_to_date(db)
    except sqlite3.Error as error:
        raise RunFolderError(
            f"cannot open the completion cache {path}: {error}",
            hint="check that the folder can be written, or move that file away",
        ) from error
    return db


def _bring_up_to_date(db: sqlite3.Connection) -> None:
    """Add the column that files from before it have not."""

    def has_stage() -> bool:
        return "stage" in {name for _, name, *_ in db.execute("PRAGMA table_info(calls)")}

    if has_stage():
        return
    db.execute("BEGIN IMMEDIATE")
    if not has_stage():  # another program may have been faster
        db.execute("ALTER TABLE calls ADD COLUMN stage TEXT")
    db.execute("COMMIT")
