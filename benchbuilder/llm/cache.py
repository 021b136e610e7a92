"""The completion cache: one SQLite file, written call by call as answers come in.

Two tables do the work. ``questions`` holds what was asked (its digest is the key), ``calls`` every
call that came to something: at most one *final* one per question, which answers it for good, and
any number of attempts before it (truncated, refused, unparsable, …), kept with their texts because
they cost money and because a better parser may still read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from benchbuilder.llm.batch_journal import BatchJournal
from benchbuilder.llm.claims import Claims
from benchbuilder.llm.database import open_database
from benchbuilder.llm.totals import Total, read_totals
from benchbuilder.llm.vectors import Vector, VectorStore


class Call(NamedTuple):
    """One recorded call; ``adapted`` lists the body fields that were left out or renamed.

    ``stage`` made it; None in a call that was made in another run folder.
    """

    key: str
    final: bool
    model: str  # the declared name
    request_id: str
    status: str
    text: str | None = None
    thinking: str | None = None
    finish_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    detail: str | None = None
    adapted: str | None = None
    stage: str | None = None


_COLUMNS = ", ".join(Call._fields)
_INSERT = f"INSERT OR IGNORE INTO calls ({_COLUMNS}) VALUES ({', '.join('?' * len(Call._fields))})"


class CompletionCache:
    """Recorded completions of one run folder; several programs may have it open.

    Raises:
        RunFolderError: the file cannot be opened or is no completion cache.
    """

    def __init__(self, path: Path) -> None:
        self._db = open_database(path)
        self.path = path
        self.claims = Claims(self._db)
        self.batches = BatchJournal(self._db)
        self.vectors = VectorStore(self._db)

    def close(self) -> None:
        self._db.close()

    def recorded(self, keys: Iterable[str]) -> dict[str, list[Call]]:
        """All calls of each key, the final one first, then the newest."""
        found: dict[str, list[Call]] = {}
        for row in self._db.rows_of("calls", _COLUMNS, keys, order="final DESC, id DESC"):
            call = Call(*row)._replace(final=bool(row[1]))
            found.setdefault(call.key, []).append(call)
        return found

    def record(self, call: Call, question: str | None) -> None:
        """Write one call and let go of its key; a second final call of a key is dropped.

        ``question`` is None where it is on record already.
        """
        with self._db.transaction():
            self._insert(call, question)
            self.claims.release(call.key)

    def record_vectors(self, call: Call, vectors: Iterable[Vector]) -> None:
        """Write the vectors that a call brought, and the call: it counts in the totals."""
        with self._db.transaction():
            self.vectors.add(vectors)
            self._insert(call, None)
            self.claims.release(call.key)

    def demote(self, key: str) -> None:
        """Turn the final call of a question, if it has one, into an attempt."""
        self._db.execute(
            "UPDATE calls SET final = 0, status = 'parse_error' WHERE key = ? AND final", (key,)
        )

    def record_many(self, calls: Iterable[tuple[Call, str]]) -> int:
        """Write calls that are not there yet, all or none; the answer is how many were new."""
        decisive = [name for name in Call._fields if name not in ("request_id", "stage")]
        known = f"SELECT 1 FROM calls WHERE {' AND '.join(f'{n} IS ?' for n in decisive)} LIMIT 1"
        new = 0
        with self._db.transaction():
            for call, question in calls:
                values = [getattr(call, name) for name in decisive]
                if self._db.execute(known, values).fetchone() is None:
                    new += self._insert(call, question)
        return new

    def adaptations(self, model: str) -> frozenset[str]:
        """The body fields that a model is known not to take."""
        rows = self._db.execute("SELECT field FROM adaptations WHERE model = ?", (model,))
        return frozenset(field for (field,) in rows)

    def remember_adaptation(self, model: str, field: str) -> None:
        self._db.execute("INSERT OR IGNORE INTO adaptations VALUES (?, ?)", (model, field))

    def has_answer(self, model: str) -> bool:
        """Whether this model ever answered a question for good."""
        row = self._db.execute(
            "SELECT 1 FROM calls WHERE model = ? AND final LIMIT 1", (model,)
        ).fetchone()
        return row is not None

    def mean_output_tokens(self, model: str) -> float | None:
        """Over the calls whose usage is known; None when there are none."""
        row = self._db.execute(
            "SELECT AVG(output_tokens) FROM calls WHERE model = ?", (model,)
        ).fetchone()
        mean: float | None = row[0]
        return mean

    def totals(self) -> list[Total]:
        """What the calls came to, by stage and model."""
        return read_totals(self._db)

    def adopt(self, path: Path) -> None:
        """Add what another cache holds and this one does not, batches under way included.

        Raises:
            RunFolderError: it cannot be opened, or this one cannot be written.
        """
        CompletionCache(path).close()  # which brings it up to date
        columns = ", ".join(f"theirs.{name}" for name in Call._fields)
        same = " AND ".join(f"ours.{name} IS theirs.{name}" for name in Call._fields)
        self._db.execute("ATTACH DATABASE ? AS other", (str(path),))
        try:
            with self._db.transaction():
                for table in ("questions", "adaptations", "vectors", "batches"):
                    self._db.execute(f"INSERT OR IGNORE INTO {table} SELECT * FROM other.{table}")
                self._db.execute(
                    f"INSERT OR IGNORE INTO calls ({_COLUMNS}) SELECT {columns} "
                    "FROM other.calls AS theirs WHERE NOT EXISTS "
                    f"(SELECT 1 FROM calls AS ours WHERE {same}) ORDER BY theirs.id"
                )
        finally:
            self._db.execute("DETACH DATABASE other")

    def everything(self) -> Iterator[tuple[Call, dict[str, Any]]]:
        """Every call with the question it answers, sorted by key, then in the order of calls."""
        columns = ", ".join(f"calls.{name}" for name in Call._fields)
        rows = self._db.execute(
            f"SELECT {columns}, question FROM calls JOIN questions USING (key) "
            "ORDER BY calls.key, calls.id"
        )
        for *row, question in rows:
            yield Call(*row)._replace(final=bool(row[1])), orjson.loads(question)

    def _insert(self, call: Call, question: str | None) -> int:
        if question is not None:
            self._db.execute("INSERT OR IGNORE INTO questions VALUES (?, ?)", (call.key, question))
        return self._db.execute(_INSERT, call).rowcount


def has_answered(path: Path, model: str) -> bool:
    """``CompletionCache.has_answer`` of a file that may not be there."""
    if not path.is_file():
        return False
    with closing(CompletionCache(path)) as cache:
        return cache.has_answer(model)
