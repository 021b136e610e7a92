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
