"""Local copies of files in buckets; what did not change there is not fetched again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchbuilder.errors import InputError
from benchbuilder.remote.places import copies_of, is_url, open_place, reaching

_SEEN = ".seen.json"


def local_path(text: str) -> Path:
    """A path as it is; of a URL (file, folder or pattern) the path of its local copy.

    Raises:
        InputError: the place is not there or cannot be read.
    """
    return fetch(text) if is_url(text) else Path(text)


def fetch(url: str) -> Path:
    """Copy what lies at a URL; of a single file the copy's path, else that of their folder.

    Raises:
        InputError: the place holds nothing, or cannot be read.
    """
    filesystem, path = open_place(url)
    folder = copies_of(url, "inputs")
    with reaching(url):
        found = _files(filesystem, path)
        if not found:
            raise InputError(f"{url}: no file is there", hint="check the URL's bucket and path")
        base = path if filesystem.isdir(path) else path.rpartition("/")[0]
        fixed = base.partition("*")[0].rpartition("/")[0] if "*" in base else base
        names = {name: name.removeprefix(fixed).lstrip("/") for name in found}
        _bring(filesystem, {name: folder / rest for name, rest in names.items()}, folder)
    single = len(found) == 1 and found[0] == path
    return folder / names[found[0]] if single else folder


def _files(filesystem: Any, path: str) -> list[str]:
    if "*" in path:
        matches = filesystem.glob(path)
        return sorted({file for match in matches for file in filesystem.find(match)})
    return sorted(filesystem.find(path))


def _bring(filesystem: Any, wanted: dict[str, Path], folder: Path) -> None:
    """Fetch what changed, and drop copies of what is not there any more."""
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / _SEEN
    seen: dict[str, Any] = json.loads(note.read_text("utf-8")) if note.is_file() else {}
    now = {name: _version(filesystem, name) for name in wanted}
    for name, copy in wanted.items():
        if not copy.is_file() or seen.get(name) != now[name]:
            copy.parent.mkdir(parents=True, exist_ok=True)
            partial = copy.with_name(f"{copy.name}.partial")
            filesystem.get_file(name, str(partial))
            partial.replace(copy)
    for copy in folder.rglob("*"):
        if copy.is_file() and copy not in wanted.values() and copy != note:
            copy.unlink()
    note.write_text(json.dumps(now), encoding="utf-8")


def _version(filesystem: Any, name: str) -> list[str]:
    """What tells that an object is another one than last time."""
    info = filesystem.info(name)
    stamp = info.get("ETag") or info.get("etag") or info.get("mtime") or info.get("LastModified")
    return [str(info.get("size")), str(stamp)]
