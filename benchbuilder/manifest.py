"""The form of a run's manifest: per artifact, what it was made from and what came out."""

from __future__ import annotations

from typing import Any

from benchbuilder.schemas import ARTIFACTS

Fields = dict[str, type | tuple[type, ...]]

_FORMAT = 1
_ENTRY: Fields = {
    "stage": str,
    "made_from": dict,
    "digest": str,
    "rows": int,
    "state": str,
    "statuses": dict,
    "seconds": (int, float),
    "notes": list,
    "figures": dict,
    "libraries": dict,
}
_MADE_FROM: Fields = {"version": int, "settings": dict, "identity": dict, "inputs": dict}


def empty() -> dict[str, Any]:
    """The manifest of a run that has made nothing."""
    return {"format": _FORMAT, "artifacts": {}}


def checked(manifest: Any) -> dict[str, Any]:
    """The manifest, if it has the form that this version writes.

    Raises:
        ValueError: it has not; the message says where.
    """
    wrong = _wrong(manifest)
    if wrong is not None:
        raise ValueError(wrong)
    return dict(manifest)


def _wrong(manifest: Any) -> str | None:
    if not isinstance(manifest, dict) or not isinstance(manifest.get("artifacts"), dict):
        return "expected an object with `artifacts`"
    if manifest.get("format") != _FORMAT:
        return f"its format is {manifest.get('format')!r}, and this version has {_FORMAT}"
    for name, entry in manifest["artifacts"].items():
        if name not in ARTIFACTS:
            return f"there is no artifact {name!r}"
        lacking = _lacking(entry, _ENTRY)
        if lacking is not None:
            return f"the entry of {name} lacks `{lacking}`"
        lacking = _lacking(entry["made_from"], _MADE_FROM)
        if lacking is not None:
            return f"what {name} was made from lacks `{lacking}`"
    return None


def _lacking(entry: Any, fields: Fields) -> str | None:
    """The first field that is not there, or not of its kind."""
    if not isinstance(entry, dict):
        return next(iter(fields))
    return next(
        (name for name, kind in fields.items() if not isinstance(entry.get(name), kind)), None
    )
