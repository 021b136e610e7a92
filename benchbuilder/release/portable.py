"""The settings of a run as a release holds them, and back.

Left out: what names a machine (URLs, paths, models that annotation does not use) and what has no
part in the questions (``answer``, ``judge``, ``report``). Settled: what ``auto`` stood for. Files
that settings name (templates, a head, lists of ids) lie in the folder and are named relative to it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import yaml

from benchbuilder.config import Config, build_config, dump_config, lay_over
from benchbuilder.digests import file_digest
from benchbuilder.errors import InputError
from benchbuilder.release.layout import BROKEN, CONFIG
from benchbuilder.resources import heads_path, template_path
from benchbuilder.settings import LOCAL

_SECTIONS = ("seed", "models", "ingest", "embed", "cluster", "annotate", "sample")
_OF_A_MACHINE = ("base_url", "base_url_env", "timeout_seconds", "concurrency")
#: Lists of ids by setting, and the reasons in ``selection`` that they are made of. A question that
#: another benchmark has becomes a veto: the other benchmark is no part of the release.
_LISTS = {"must_include": ("must_include",), "must_exclude": ("veto", "contaminated")}


def annotators_of(config: Config) -> list[str]:
    """The names of all annotators that the settings use."""
    settings = config.annotate
    first = [settings.first.annotator] if settings.first.annotator else []
    return [settings.annotator, *settings.panel, *first]


def write_config(
    config: Config, selection: pa.Table, identities: Mapping[str, Any], folder: Path
) -> dict[str, Any]:
    """Write ``config.yaml`` and the files that it names; the values written.

    ``identities``: of the stages ``embed`` and ``annotate``, from the manifest of the run. They say
    which encoder and which head made the artifacts.

    Raises:
        InputError: a template or head of one's own is not where the settings say.
    """
    values = {name: dump_config(config)[name] for name in _SECTIONS}
    used = annotators_of(config)
    values["models"] = {
        name: {key: value for key, value in declared.items() if key not in _OF_A_MACHINE}
        for name, declared in values["models"].items()
        if name in used
    }
    encoder = identities["embed"].get("encoder", {})
    for key in ("backend", "precision"):
        values["embed"][key] = encoder.get(key, values["embed"][key])
    if Path(config.embed.model).exists():
        values["embed"]["model"] = Path(config.embed.model).name
    if used != [LOCAL]:
        source = template_path(config.annotate.template)
        values["annotate"]["template"] = _copy(source, folder, f"templates/{source.name}")
    else:
        values["annotate"]["template"] = "annotate"
    values["annotate"]["head"] = _head(config, identities["annotate"].get("head"), folder)
    # Topics are taken from the release, with their names: nobody is asked for them again.
    values["cluster"] |= {"namer": None, "template": "name-topic", "since": None}
    values["sample"]["exclude"] = []
    for setting, reasons in _LISTS.items():
        written = _write_list(selection, reasons, folder / "lists" / f"{setting}.jsonl")
        values["sample"][setting] = [f"lists/{setting}.jsonl"] if written else []
    text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
    (folder / CONFIG).write_text(text, encoding="utf-8", newline="\n")
    return values


def read_config(folder: Path, overrides: Iterable[str] = ()) -> Config:
    """The settings of a release under ``key=value`` overrides, its files named where they lie now.

    A template that is the shipped one goes by its name, so that the folder may move.

    Raises:
        InputError: ``config.yaml`` is missing or no mapping.
        ConfigError: a key does not exist or a value does not fit.
    """
    path = folder / CONFIG
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError("cannot be read", file=path, hint=BROKEN) from error
    if not isinstance(raw, dict):
        raise InputError("expected `key: value` lines at the top level", file=path, hint=BROKEN)
    annotate, sample = raw.get("annotate") or {}, raw.get("sample") or {}
    template = annotate.get("template")
    if template and (folder / template).is_file():
        annotate["template"] = _shipped_or_here(folder / template)
    head = annotate.get("head")
    if head and (folder / head).is_file():
        annotate["head"] = str(folder / head)
    for setting in _LISTS:
        sample[setting] = [str(folder / name) for name in sample.get(setting) or ()]
    for override in overrides:
        lay_over(raw, override)
    return build_config(raw, origin=str(path))


def _shipped_or_here(path: Path) -> str:
    shipped = template_path(path.stem)
    same = shipped.is_file() and file_digest(shipped) == file_digest(path)
    return path.stem if same else str(path)


def _head(config: Config, digest: str | None, folder: Path) -> str | None:
    """The head by its shipped name, or a copy of the file; None where no head was used."""
    if digest is None:
        return None
    for path in sorted(heads_path().glob("*.json")):
        if file_digest(path) == digest:
            return path.stem
    if config.annotate.head is None:
        raise InputError(
            "the run was annotated with a head of another version of this package",
            hint="benchbuilder annotate --run RUN",
        )
    return _copy(Path(config.annotate.head), folder, f"heads/{Path(config.annotate.head).name}")


def _copy(source: Path, folder: Path, name: str) -> str:
    if not source.is_file():
        raise InputError(
            "no such file, and the settings of the run name it",
            file=source,
            hint="put it back, or curate the run again without it",
        )
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / name)
    return name


def _write_list(selection: pa.Table, reasons: Iterable[str], path: Path) -> bool:
    lines = list(_listed(selection, frozenset(reasons)))
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(lines))
    return bool(lines)


def _listed(selection: pa.Table, reasons: frozenset[str]) -> Iterator[bytes]:
    for row in sorted(selection.to_pylist(), key=lambda row: str(row["prompt_id"])):
        if row["reason"] in reasons:
            yield orjson.dumps({"prompt_id": row["prompt_id"], "reason": row["reason"]}) + b"\n"
