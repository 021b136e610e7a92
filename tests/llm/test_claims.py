"""Who asks what: claims of other programs, live and dead."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from benchbuilder.errors import RunFolderError
from benchbuilder.llm.cache import Call
from tests.llm.conftest import OpenCache


def test_one_program_at_a_time(tmp_path: Path, open_cache: OpenCache) -> None:
    one, two = (open_cache(tmp_path / "c.sqlite") for _ in range(2))
    assert one.claims.take("k")
    assert one.claims.take("k")
    assert not two.claims.take("k")
    one.claims.release("k")
    assert two.claims.take("k")
    two.claims.release_all()
    assert one.claims.take("k")


def test_what_is_answered_is_not_claimed(tmp_path: Path, open_cache: OpenCache) -> None:
    cache = open_cache(tmp_path / "c.sqlite")
    cache.record(Call("k", True, "m", "a", "ok"), "{}")
    cache.record(Call("j", False, "m", "b", "truncated"), "{}")
    assert not cache.claims.take("k")
    assert cache.claims.take("j")


@pytest.mark.parametrize(
    ("owner", "age_seconds", "free"),
    [
        (f"{socket.gethostname()}/999999999/x", 0, True),  # no such process
        (f"{socket.gethostname()}/1/x", 0, False),
        (f"{socket.gethostname()}/1/x", 31, True),  # not renewed: its process id is another's now
        ("elsewhere/999999999/x", 0, False),
        ("elsewhere/999999999/x", 31, True),
    ],
)
def test_claims_of_the_dead_are_void(
    tmp_path: Path, open_cache: OpenCache, owner: str, age_seconds: float, free: bool
) -> None:
    cache = open_cache(tmp_path / "c.sqlite")
    renewed = time.time() - age_seconds
    cache._db.execute("INSERT INTO claims VALUES ('k', ?, ?)", (owner, renewed))
    assert cache.claims.take("k") is free


def test_a_failed_write_is_our_error_and_undone(tmp_path: Path, open_cache: OpenCache) -> None:
    cache = open_cache(tmp_path / "c.sqlite")
    with pytest.raises(RunFolderError, match="completion cache"), cache._db.transaction():
        cache.remember_adaptation("m", "x")
        cache._db.execute("INSERT INTO nowhere VALUES (1)")
    assert cache.adaptations("m") == frozenset()
