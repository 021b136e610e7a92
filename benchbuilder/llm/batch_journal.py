"""Batches under way, on disk before anything waits for them: a killed run picks them up."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

import orjson

from benchbuilder.llm.claims import transaction

_TABLE = """
CREATE TABLE IF NOT EXISTS batches (
    token TEXT PRIMARY KEY, model TEXT NOT NULL, batch_id TEXT, requests TEXT NOT NULL
)
"""


class OpenBatch(NamedTuple):
    """A batch that is not collected. ``token`` is ours and travels in the batch's metadata, so
    that a batch is found again even when we died before its id came back."""

    token: str
    batch_id: str | None
    requests: dict[str, str]  # request_id by key


class BatchJournal:
    """The batches of one completion cache."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.execute(_TABLE)

    def open(self, model: str) -> list[OpenBatch]:
        rows = self._db.execute(
            "SELECT token, batch_id, requests FROM batches WHERE model = ? ORDER BY rowid", (model,)
        ).fetchall()
        return [OpenBatch(token, batch_id, orjson.loads(text)) for token, batch_id, text in rows]

    def intend(
        self, token: str, model: str, requests: Mapping[str, str], questions: Mapping[str, str]
    ) -> None:
        """Write down what is about to be submitted; ``questions`` are the texts by key."""
        with transaction(self._db):
            self._db.executemany("INSERT OR IGNORE INTO questions VALUES (?, ?)", questions.items())
            text = orjson.dumps(dict(requests)).decode()
            self._db.execute("INSERT INTO batches VALUES (?, ?, NULL, ?)", (token, model, text))

    def submitted(self, token: str, batch_id: str) -> None:
        self._db.execute("UPDATE batches SET batch_id = ? WHERE token = ?", (batch_id, token))

    def collected(self, token: str) -> None:
        self._db.execute("DELETE FROM batches WHERE token = ?", (token,))
