"""The release that tests start from; a copy, so that they may change it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.release.made import made


@pytest.fixture(scope="session")
def base() -> Path:
    """A folder with a dump, a run and a release; not to be changed."""
    return made()


@pytest.fixture
def release(base: Path, tmp_path: Path) -> Path:
    """A copy of the release, to be changed."""
    return Path(shutil.copytree(base / "june-1.0", tmp_path / "june-1.0"))
