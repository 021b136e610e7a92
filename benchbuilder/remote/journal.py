"""The completions of a run folder in a bucket: copied there while calls are made."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from benchbuilder.llm.cache import CompletionCache
from benchbuilder.remote.origin import Origin
from benchbuilder.remote.places import reaching

# Uploads take at most a tenth of the time, however large the file has become.
_REST = 10


class Journal:
    """Copies the completion cache to the bucket where it changed.

    A driver that is lost loses the calls since the last copy: those of ``lease.RENEW_SECONDS``, or
    of ten times what an upload takes. A lost worker loses none, since the driver makes the calls.
    """

    def __init__(self, origin: Origin, name: str) -> None:
        self._origin, self._name = origin, name
        self._stamp = self._changed()
        self._rest_until = 0.0

    def merge(self) -> None:
        """Take over the calls that another driver made.

        Raises:
            InputError: the bucket cannot be read.
        """
        place, own = f"{self._origin.path}/{self._name}", self._origin.copy / self._name
        with reaching(self._origin.url):
            if not self._origin.filesystem.exists(place):
                return
            theirs = own.with_name(f"{own.name}.partial")
            self._origin.filesystem.get_file(place, str(theirs))
        if not own.is_file():
            theirs.replace(own)
        else:
            _merge(theirs, own)
            theirs.unlink()
        self._stamp = self._changed()

    def keep(self) -> None:
        """Copy the file if it changed and the last copy was not too long ago to rest from."""
        stamp = self._changed()
        if stamp == self._stamp or time.monotonic() < self._rest_until:
            return
        self._copy()
        self._stamp = stamp

    def close(self) -> None:
        """Copy whatever is not there yet."""
        self._rest_until = 0.0
        self.keep()

    def _copy(self) -> None:
        start = time.monotonic()
        snapshot = self._origin.copy / f"{self._name}.partial"
        source = sqlite3.connect(self._origin.copy / self._name, timeout=60)
        target = sqlite3.connect(snapshot)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()
        self._origin.filesystem.put_file(str(snapshot), f"{self._origin.path}/{self._name}")
        snapshot.unlink()
        self._rest_until = time.monotonic() + _REST * (time.monotonic() - start)

    def _changed(self) -> list[tuple[int, int]]:
        files = (self._origin.copy / f"{self._name}{suffix}" for suffix in ("", "-wal"))
        return [_seen(file) for file in files]


def _merge(theirs: Path, own: Path) -> None:
    cache = CompletionCache(own)
    try:
        cache.adopt(theirs)
    finally:
        cache.close()


def _seen(file: Path) -> tuple[int, int]:
    if not file.is_file():
        return 0, 0
    stat = file.stat()
    return stat.st_size, stat.st_mtime_ns
