from __future__ import annotations

from typing import Any

import pytest

from benchbuilder.manifest import checked, empty


def manifest_entry(stage: str, **told: Any) -> dict[str, Any]:
    """The entry of a complete artifact of no rows; ``told`` is laid over it."""
    origin = {"stage": stage, "version": 1, "settings": {}, "identity": {}, "inputs": {}}
    entry: dict[str, Any] = {
        **{"stage": stage, "made_from": origin, "digest": "", "rows": 0, "state": "complete"},
        **{"statuses": {}, "seconds": 0.0, "notes": [], "figures": {}, "libraries": {}},
    }
    return entry | told


def test_a_manifest_of_this_version_is_taken_as_it_is() -> None:
    manifest = {"format": 1, "artifacts": {"prompts": manifest_entry("ingest")}}
    assert checked(manifest) == manifest
    assert checked(empty()) == {"format": 1, "artifacts": {}}


@pytest.mark.parametrize("manifest", [None, [], "x", {}, {"format": 1}, {"artifacts": []}])
def test_another_shape_is_said(manifest: Any) -> None:
    with pytest.raises(ValueError, match=r"expected an object with `artifacts`"):
        checked(manifest)


def test_another_version_is_said() -> None:
    with pytest.raises(ValueError, match="its format is 2, and this version has 1"):
        checked({"format": 2, "artifacts": {}})


@pytest.mark.parametrize("field", sorted(manifest_entry("ingest")))
def test_every_field_of_an_entry_must_be_there(field: str) -> None:
    entry = manifest_entry("ingest") | {field: None}
    with pytest.raises(ValueError, match=f"the entry of prompts lacks `{field}`"):
        checked({"format": 1, "artifacts": {"prompts": entry}})


def test_an_entry_must_be_one() -> None:
    with pytest.raises(ValueError, match="the entry of prompts lacks `stage`"):
        checked({"format": 1, "artifacts": {"prompts": 3}})


@pytest.mark.parametrize("field", ["version", "settings", "identity", "inputs"])
def test_what_an_artifact_was_made_from_must_be_whole(field: str) -> None:
    entry = manifest_entry("ingest")
    del entry["made_from"][field]
    with pytest.raises(ValueError, match=f"what prompts was made from lacks `{field}`"):
        checked({"format": 1, "artifacts": {"prompts": entry}})
