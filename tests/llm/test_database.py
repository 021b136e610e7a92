"""The file behind a completion cache."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchbuilder.errors import RunFolderError
from benchbuilder.llm.cache import Call
from tests.llm.conftest import OpenCache


def test_a_file_from_before_a_column_is_brought_up_to_date(
    tmp_path: Path, open_cache: OpenCache
) -> None:
    path = tmp_path / "c.sqlite"
    before = open_cache(path)
    before.record(Call("k", True, "m", "q0", "ok", text="old"), "{}")
    before.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE calls DROP COLUMN stage")
        db.execute("ALTER TABLE batches DROP COLUMN stage")
        db.commit()
    again = open_cache(path)
    again.record(Call("l", True, "m", "q1", "ok", text="new", stage="judge"), "{}")
    found = again.recorded(["k", "l"])
    assert [(c.text, c.stage) for key in "kl" for c in found[key]] == [
        ("old", None),
        ("new", "judge"),
    ]


def test_a_file_that_is_no_cache_is_said_so(tmp_path: Path, open_cache: OpenCache) -> None:
    path = tmp_path / "c.sqlite"
    path.write_text("not a database, long enough to be looked at as one" * 50)
    with pytest.raises(RunFolderError, match="completion cache"):
        open_cache(path)
    with pytest.raises(RunFolderError):
        open_cache(tmp_path / "no" / "such" / "folder.sqlite")


def test_a_full_disk_is_told_as_such_by_every_statement(
    tmp_path: Path, open_cache: OpenCache
) -> None:
    """SQLite ends the transaction itself; that is not to hide why."""
    cache = open_cache(tmp_path / "c.sqlite")
    (pages,) = cache._db.execute("PRAGMA page_count").fetchone()
    cache._db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(RunFolderError, match="full") as full:
        cache.record(Call("k", True, "m", "q0", "ok", text="x" * 100_000), "{}")
    assert "the disk has room" in str(full.value.hint)
    with pytest.raises(RunFolderError, match="full"):
        for number in range(9999):
            cache.remember_adaptation("m", f"field {number}")
    cache._db.execute("PRAGMA max_page_count = 1000000")
    cache.record(Call("k", True, "m", "q0", "ok", text="x"), "{}")
    assert cache.has_answer("m")
