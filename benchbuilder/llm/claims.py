"""Who is asking which question right now, so that two programs on one cache do not both pay."""

from __future__ import annotations

import os
import secrets
import socket
import time

from benchbuilder.llm.database import Database

_VALID_SECONDS = 30.0  # a claim that is not renewed for so long is void


class Claims:
    """The claims of this program, in the database of a completion cache."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._owner = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"

    def take(self, key: str) -> bool:
        """Reserve a question before paying for it; False when it is answered or being asked.

        Claims of a program that died are void: at once on this machine, after half a minute
        elsewhere.
        """
        with self._db.transaction():
            answered = self._db.execute("SELECT 1 FROM calls WHERE key = ? AND final", (key,))
            if answered.fetchone() is not None:
                return False
            row = self._db.execute(
                "SELECT owner, renewed FROM claims WHERE key = ?", (key,)
            ).fetchone()
            if row is not None and row[0] != self._owner and _is_live(*row):
                return False
            self._db.execute(
                "INSERT OR REPLACE INTO claims VALUES (?, ?, ?)", (key, self._owner, time.time())
            )
            return True

    def release(self, key: str) -> None:
        """Let go of a question."""
        self._db.execute("DELETE FROM claims WHERE key = ? AND owner = ?", (key, self._owner))

    def release_all(self) -> None:
        """Let go of everything this program claimed."""
        self._db.execute("DELETE FROM claims WHERE owner = ?", (self._owner,))

    def renew(self) -> None:
        """Tell other programs that this one is still at work; to be called every few seconds."""
        self._db.execute(
            "UPDATE claims SET renewed = ? WHERE owner = ?", (time.time(), self._owner)
        )


def _is_live(owner: str, renewed: float) -> bool:
    host, process, _ = owner.rsplit("/", 2)
    if time.time() - renewed > _VALID_SECONDS:
        return False
    if host != socket.gethostname():
        return True
    try:
        os.kill(int(process), 0)  # signal 0 only asks whether the process exists
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
