"""Batches under way, on disk before anything waits for them: a killed run picks them up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import orjson

from benchbuilder.llm.database import Database


class OpenBatch(NamedTuple):
    """A batch that is not collected. ``token`` is ours and travels in the batch's metadata, so
    that a batch is found again even when we died before its id came back."""

    token: str
    batch_id: str | None
    requests: dict[str, str]  # request_id by key
    stage: str | None  # that it was submitted for


class BatchJournal:
    """The batches of one completion cache."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def open(self, model: str) -> list[OpenBatch]:
        rows = self._db.execute(
            "SELECT token, batch_id, requests, stage FROM batches WHERE model = ? ORDER BY rowid",
            (model,),
        )
        return [
            OpenBatch(token, id_, orjson.loads(text), stage) for token, id_, text, stage in rows
        ]

    def intend(
        self,
        token: str,
        model: str,
        requests: Mapping[str, str],
        questions: Mapping[str, str],
        *,
        stage: str | None = None,
    ) -> None:
        """Write down what is about to be submitted; ``questions`` are the texts by key."""
        with self._db.transaction():
            self._db.executemany("INSERT OR IGNORE INTO questions VALUES (?, ?)", questions.items())
            text = orjson.dumps(dict(requests)).decode()
            self._db.execute(
                "INSERT INTO batches (token, model, requests, stage) VALUES (?, ?, ?, ?)",
                (token, model, text, stage),
            )

    def submitted(self, token: str, batch_id: str) -> None:
        self._db.execute("UPDATE batches SET batch_id = ? WHERE token = ?", (batch_id, token))

    def collected(self, token: str) -> None:
        self._db.execute("DELETE FROM batches WHERE token = ?", (token,))
