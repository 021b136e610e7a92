"""A run folder in a bucket: worked on in a local copy, which keeps the bucket up to date.

The bucket is brought up to date in the order in which the copy is: artifacts first, each replaced
whole by one upload, the manifest last. A driver that is lost at any instant leaves the old state,
or new files that the manifest does not know yet and that are made again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchbuilder.remote.places import copies_of, open_place, reaching

_ORIGIN = ".origin"


class Origin:
    """The bucket's side of a run folder. ``copy`` is the local side."""

    def __init__(self, url: str, copy: Path) -> None:
        self.url, self.copy = url, copy
        self.filesystem, self.path = open_place(url)

    def pull(self, manifest_name: str, small: Iterable[str]) -> None:
        """Bring the manifest, the small files, and each artifact that another entry describes.

        Raises:
            InputError: the bucket cannot be read.
        """
        with reaching(self.url):
            if not self.filesystem.exists(f"{self.path}/{manifest_name}"):
                # Of a run that was removed there, what this copy knows does not go on by halves.
                (self.copy / manifest_name).unlink(missing_ok=True)
                return
            before = _entries(self.copy / manifest_name)
            for name in small:
                if self.filesystem.exists(f"{self.path}/{name}"):
                    self._bring(name)
            # Last, as everywhere: until it is here, the copy counts as what it was.
            after = json.loads(self.filesystem.cat_file(f"{self.path}/{manifest_name}"))
            for artifact, entry in after["artifacts"].items():
                file = f"{artifact}.parquet"
                known = before.get(artifact, {}).get("digest") == entry["digest"]
                if not known or not (self.copy / file).is_file():
                    self._bring(file)
            self._bring(manifest_name)

    def push(self, names: Iterable[str]) -> None:
        """Upload files of the copy, one after the other.

        Raises:
            InputError: the bucket cannot be written.
        """
        with reaching(self.url):
            for name in names:
                self.filesystem.put_file(str(self.copy / name), f"{self.path}/{name}")

    def _bring(self, name: str) -> None:
        partial = self.copy / f"{name}.partial"
        self.filesystem.get_file(f"{self.path}/{name}", str(partial))
        partial.replace(self.copy / name)


def working_copy(url: str) -> Path:
    """The folder of a local copy, which remembers its origin; opening it as a run fills it."""
    copy = copies_of(url, "runs")
    copy.mkdir(parents=True, exist_ok=True)
    (copy / _ORIGIN).write_text(url.rstrip("/"), encoding="utf-8")
    return copy


def origin_of(copy: Path) -> Origin | None:
    """The origin of a run folder that is a local copy.

    Raises:
        InputError: the bucket cannot be opened.
    """
    note = copy / _ORIGIN
    return Origin(note.read_text(encoding="utf-8"), copy) if note.is_file() else None


def _entries(manifest: Path) -> dict[str, Any]:
    if not manifest.is_file():
        return {}
    entries: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))["artifacts"]
    return entries
