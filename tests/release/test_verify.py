"""``release verify`` names what was tampered with, also where the checksums were made anew."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchbuilder.errors import InputError
from benchbuilder.release.layout import write_checksums
from benchbuilder.release.verify import Finding, demand_intact, verify
from benchbuilder.releasing import reselect
from tests.release.made import edit_config


def findings(folder: Path, check: str | None = None) -> list[Finding]:
    found = verify(folder, reselect).findings
    return [finding for finding in found if check in (None, finding.check)]


def edit_rows(folder: Path, name: str, change: Any) -> None:
    """Rewrite a table by a function of its rows, and sign the folder anew."""
    path = folder / name
    table = pq.read_table(path)
    pq.write_table(pa.Table.from_pylist(change(table.to_pylist()), schema=table.schema), path)
    write_checksums(folder)


def test_an_untouched_release_is_in_order(release: Path) -> None:
    found = verify(release, reselect)
    assert found.ok
    assert set(found.skipped) == {"completions"}


FILES = ("README.md", "config.yaml", "questions.jsonl", "questions.parquet", "release.json")


@pytest.mark.parametrize("name", [*FILES, "recorded/annotations.parquet"])
def test_a_flipped_byte_is_named(release: Path, name: str) -> None:
    path = release / name
    content = bytearray(path.read_bytes())
    # In release.json a byte that leaves it JSON: the last digit of the version.
    place = content.index(b'"version": "1.0"') + 14 if name == "release.json" else len(content) // 2
    content[place] ^= 1
    path.write_bytes(content)
    assert name in [finding.place for finding in findings(release, "checksums")]


@pytest.mark.parametrize("name", ["README.md", "config.yaml", "recorded/clusters.parquet"])
def test_a_removed_file_is_named(release: Path, name: str) -> None:
    (release / name).unlink()
    assert Finding("checksums", name, "is missing") in findings(release)


def test_an_added_file_is_named(release: Path) -> None:
    (release / "more.txt").touch()
    assert [f.place for f in findings(release)] == ["more.txt"]


def test_an_added_row_is_named(release: Path) -> None:
    def add(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [*rows, {**rows[0], "question_id": "p1-new", "text": "a new question"}]

    edit_rows(release, "questions.parquet", add)
    found = findings(release)
    assert {f.check for f in found} == {"counts", "digest", "identity", "annotations", "selection"}
    assert any("18 rows, release.json says 17" in f.message for f in found)


def test_an_edited_threshold_is_named(release: Path) -> None:
    edit_config(release, "sample", min_score=7, min_score_floor=None)
    (first, *_) = findings(release)
    assert first.check == "selection"
    assert "config.yaml gives another result" in first.message


def test_an_edited_text_no_longer_fits_its_id(release: Path) -> None:
    def edit(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**rows[0], "text": rows[0]["text"] + " Be brief"}, *rows[1:]]

    edit_rows(release, "questions.parquet", edit)
    assert len(findings(release, "identity")) == 1


def test_a_question_without_an_annotation_is_named(release: Path) -> None:
    asked = pq.read_table(release / "questions.parquet")["question_id"].to_pylist()[3]
    edit_rows(
        release,
        "recorded/annotations.parquet",
        lambda rows: [row for row in rows if row["prompt_id"] != asked],
    )
    assert [f.place for f in findings(release, "annotations")] == [asked]


def test_a_row_that_stands_twice_and_a_lost_column_are_named(release: Path) -> None:
    edit_rows(release, "recorded/clusters.parquet", lambda rows: [*rows, rows[0]])
    path = release / "recorded/pool.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["language"]), path)
    messages = [f.message for f in findings(release, "schemas")]
    assert messages == [
        "the key prompt_id stands more than once",
        "pool: column 'language' is missing",
    ]


def test_a_private_text_that_came_in_later_is_named(release: Path) -> None:
    with (release / "README.md").open("a") as card:
        card.write("Write to ann@example.org.\n")
    assert [f.message for f in findings(release, "privacy")] == ["text: email"]


def test_a_recorded_call_that_was_edited_is_named(release: Path) -> None:
    call = {"key": "0" * 64, "model": "m", "request_id": "r", "status": "ok", "question": {}}
    (release / "completions.jsonl").write_text(json.dumps(call) + "\n")
    assert len(findings(release, "completions")) == 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(150))
def test_no_damage_goes_unnoticed_or_ends_in_a_traceback(release: Path, seed: int) -> None:
    drawn = random.Random(seed)
    files = sorted(p for p in release.rglob("*") if p.is_file() and p.name != "CHECKSUMS")
    path = drawn.choice(files)
    content = bytearray(path.read_bytes())
    content[drawn.randrange(len(content))] ^= 1 << drawn.randrange(8)
    cut = drawn.randrange(len(content))
    path.write_bytes(drawn.choice([content, content[:cut], b"", content + content]))
    signed = drawn.random() < 0.5
    if signed:
        write_checksums(release)
    try:
        found = verify(release, reselect)
    except InputError:
        return  # release.json itself
    assert signed or not found.ok


def edit_manifest(folder: Path, change: Any) -> None:
    path = folder / "release.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))
    write_checksums(folder)


def test_a_table_that_was_taken_out_is_missed(release: Path) -> None:
    (release / "recorded/annotations.parquet").unlink()
    edit_manifest(release, lambda manifest: manifest["tables"].pop("annotations"))
    found = findings(release)
    assert Finding("schemas", "release.json", "does not describe annotations") in found


def test_an_edited_count_is_named(release: Path) -> None:
    edit_manifest(release, lambda manifest: manifest["counts"]["scores"].update({"7": 99}))
    (finding,) = findings(release)
    assert finding.place == "release.json"
    assert finding.message.startswith("says scores: ")


def test_a_manifest_of_another_form_is_an_error(release: Path) -> None:
    edit_manifest(release, lambda manifest: manifest.update({"tables": []}))
    with pytest.raises(InputError, match="expected an object under 'tables'"):
        verify(release, reselect)
    edit_manifest(release, lambda manifest: manifest.update({"format": 2}))
    with pytest.raises(InputError, match="expected format 1, found 2"):
        verify(release, reselect)


def test_a_folder_that_is_no_release_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no release"):
        demand_intact(tmp_path)
