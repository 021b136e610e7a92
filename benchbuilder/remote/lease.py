"""One writer in a bucket: an object that its holder renews, and that is void when nobody does."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from benchbuilder.errors import RunFolderError
from benchbuilder.remote.journal import Journal
from benchbuilder.remote.origin import Origin
from benchbuilder.remote.places import reaching

_LEASE, _CLOCK = ".lease", ".clock"
RENEW_SECONDS = 20.0
#: A holder that was not heard of for so long is gone.
VOID_SECONDS = 120.0


@contextmanager
def writing(origin: Origin, journal_name: str) -> Iterator[None]:
    """Hold the lease of a run folder, and copy its journal to the bucket while this lasts.

    Raises:
        RunFolderError: another machine holds it.
        InputError: the bucket cannot be reached.
    """
    with reaching(origin.url):
        _take(origin)
    journal = Journal(origin, journal_name)
    over = threading.Event()
    renewal = threading.Thread(target=_renew, args=(origin, journal, over), daemon=True)
    try:
        journal.merge()
        renewal.start()
        yield
    finally:
        over.set()
        if renewal.is_alive():
            renewal.join()
        with reaching(origin.url):
            journal.close()
            origin.filesystem.rm_file(f"{origin.path}/{_LEASE}")


def _renew(origin: Origin, journal: Journal, over: threading.Event) -> None:
    while not over.wait(RENEW_SECONDS):
        # The network may be back in time; if not, what is written at the end fails and says so.
        with suppress(Exception):
            origin.filesystem.pipe_file(f"{origin.path}/{_LEASE}", _holder())
            journal.keep()


def _take(origin: Origin) -> None:
    lease = f"{origin.path}/{_LEASE}"
    try:
        origin.filesystem.pipe_file(lease, _holder(), mode="create")
        return
    except FileExistsError:
        silent = _seconds_silent(origin, lease)
    if silent is None or silent < VOID_SECONDS:
        holder = origin.filesystem.cat_file(lease).decode()
        raise RunFolderError(
            f"another benchbuilder process works on {origin.url}: {holder}, "
            f"heard of {silent or 0:.0f} seconds ago",
            hint=f"wait for it to end; if it is lost, run again in {VOID_SECONDS:.0f} seconds",
        )
    origin.filesystem.rm_file(lease)
    origin.filesystem.pipe_file(lease, _holder(), mode="create")  # of two that try, one gets it


def _seconds_silent(origin: Origin, lease: str) -> float | None:
    """How long nobody renewed a lease, by the clock of the bucket."""
    clock = f"{origin.path}/{_CLOCK}"
    origin.filesystem.pipe_file(clock, b"")
    now, then = (_modified(origin.filesystem, name) for name in (clock, lease))
    return None if now is None or then is None else (now - then).total_seconds()


def _modified(filesystem: Any, name: str) -> datetime | None:
    modified: datetime | None = filesystem.modified(name)
    return modified


def _holder() -> bytes:
    return f"process {os.getpid()} on {platform.node()}".encode()
