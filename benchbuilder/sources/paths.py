"""Which files a dump consists of: paths, folders and patterns, in a fixed order."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path

from benchbuilder.errors import InputError

_KINDS = {
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "text",
}
_PACKED_SUFFIXES = (".gz", ".zst", ".bz2")
# What the `datasets` library writes beside its tables.
_DESCRIPTIONS = frozenset({"dataset_info.json", "dataset_infos.json", "dataset_dict.json"}) | {
    "state.json"
}
_RUN_LOCK = ".lock"  # lies in every run folder
READABLE = f"files that are read: {', '.join(_KINDS)}, also with {', '.join(_PACKED_SUFFIXES)}"


def kind_of(path: Path) -> str | None:
    """``json``, ``parquet``, ``arrow``, ``csv``, ``tsv`` or ``text``, by the suffix below packing.

    >>> kind_of(Path("chats.jsonl.gz")), kind_of(Path("README"))
    ('json', None)
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    while suffixes and suffixes[-1] in _PACKED_SUFFIXES:
        suffixes.pop()
    return _KINDS.get(suffixes[-1]) if suffixes else None


def expand(paths: Iterable[Path]) -> list[Path]:
    """The files that paths, folders and patterns (``chats/*.jsonl``) stand for, each once.

    A folder stands for the files below it that can be read, sorted by path. Hidden ones stay out,
    as do run folders below it, and text files that lie beside tables.

    Raises:
        InputError: a path does not exist, or a folder or pattern holds no file that can be read.
    """
    files: dict[Path, None] = {}
    for path in paths:
        files.update(dict.fromkeys(_expand_one(Path(path))))
    if not files:
        raise InputError("no dump was given", hint="benchbuilder curate DUMP --run DIR")
    return list(files)


def _expand_one(path: Path) -> list[Path]:
    if path.is_dir():
        return _files_below(path)
    if path.exists():
        return [path]
    # Path.glob takes no absolute pattern.
    found = [Path(name) for name in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207
    if not found:
        raise InputError("no such file or folder", file=path, hint=f"ls {path.parent}")
    return [file for match in found for file in _expand_one(match)]


def _files_below(folder: Path) -> list[Path]:
    found = []
    paths = sorted(folder.rglob("*"))
    runs = {path.parent for path in paths if path.name == _RUN_LOCK} - {folder}
    for path in paths:
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith((".", "_")) for part in parts) or runs & {*path.parents}
        if not hidden and path.name not in _DESCRIPTIONS and kind_of(path) and path.is_file():
            found.append(path)
    if not found:
        raise InputError("the folder holds no file that can be read", file=folder, hint=READABLE)
    tables = [path for path in found if kind_of(path) != "text"]
    return tables or found


def read_text(path: Path) -> str:
    """The text of a file that a person wrote.

    Raises:
        InputError: it is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8 text: byte {error.start + 1} is none of it",
            file=path,
            hint=f"iconv -f latin1 -t utf-8 {path} > converted{path.suffix}",
        ) from error
