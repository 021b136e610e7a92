"""The second privacy pass: ten planted texts, ten places."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchbuilder.artifacts import COMPLETIONS
from benchbuilder.release import layout
from benchbuilder.release.privacy import private_in_completions, private_in_table
from benchbuilder.release.second_pass import find_places
from benchbuilder.schemas import QUESTIONS
from tests.cli.commands import run
from tests.release.made import LIGHT

PLANTED = (
    "ann@example.org",
    "bob.b@example.com",
    "carla@example.net",
    "192.0.2.17",
    "203.0.113.9",
    "4111 1111 1111 1111",
    "5500 0000 0000 0004",
    "DE89 3704 0044 0532 0130 00",
    "GB29 NWBK 6016 1331 9268 19",
    "https://ann:s3cretPw9@example.org/repo",
)


def test_every_text_of_a_row_is_searched() -> None:
    row = {
        "question_id": "q",
        "text": "one",
        "system": "mail ann@example.org",
        "turns": ["one", "from 203.0.113.9"],
        "topic": "carla@example.net",
    }
    table = pa.Table.from_pylist([row], schema=QUESTIONS.schema)
    found = {(p.field, p.kind) for p in private_in_table(table, "questions.parquet", "question_id")}
    assert found == {("system", "email"), ("turns[1]", "ipv4"), ("topic", "email")}


@pytest.mark.parametrize(
    ("name", "column"),
    [("topics", "name"), ("centroids", "name"), ("pool", "language_declared")],
)
def test_every_table_with_texts_is_searched(release: Path, name: str, column: str) -> None:
    """A topic that has no prompt any more is named in `centroids` alone; a dump declares anything
    as a language."""
    table = layout.read_table(release, name)
    texts = pa.array(["ann@example.org"] + [None] * (table.num_rows - 1), pa.string())
    table = table.set_column(table.schema.get_field_index(column), column, texts)
    pq.write_table(table, release / layout.table_path(name))
    (place,) = find_places(release)
    assert (place.file, place.field) == (layout.table_path(name), column)


def test_what_models_said_is_searched(tmp_path: Path) -> None:
    path = tmp_path / "completions.jsonl"
    call = {"key": "0" * 64, "text": "ask ann@example.org", "question": {"body": ["192.0.2.17"]}}
    path.write_text("broken\n" + json.dumps(call) + "\n")
    places = list(private_in_completions(path))
    assert [(p.row, p.field, p.kind) for p in places] == [
        ("line 2", "text", "email"),
        ("line 2", "question.body[0]", "ipv4"),
    ]


def test_a_release_planted_with_ten_private_texts_is_refused_with_the_ten_places(
    base: Path, tmp_path: Path
) -> None:
    lines = (base / "chats.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    hard = [r for r in rows if len(r["conversation"][0]["content"]) > 250][: len(PLANTED)]
    for row, private in zip(hard, PLANTED, strict=True):
        row["conversation"][0]["content"] += f"\nThe contact is {private} as before."
    dump = tmp_path / "planted.jsonl"
    dump.write_text("\n".join(map(json.dumps, rows)) + "\n")
    run("curate", dump, "--run", tmp_path / "run", *LIGHT, "--set", "ingest.private=keep",
        "--set", "sample.min_score=0", "--set", "sample.max_share=1")  # fmt: skip
    done = run("release", "build", "--run", tmp_path / "run", "--name", "june", "--version", "1",
               "--out", tmp_path, "--json", code=1)  # fmt: skip
    assert len(json.loads(done.stdout)["places"]) == len(PLANTED)
    assert "private texts in 10 places" in done.stderr
    assert done.stderr.count("questions.parquet: p1-") == len(PLANTED)
    assert not any(private in done.stderr + done.stdout for private in PLANTED)
    assert not list(tmp_path.glob("*june*"))


def test_a_release_without_completions_needs_no_cache(base: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(base / "run", tmp_path / "run")
    assert not (copy / COMPLETIONS).exists()
    run("release", "build", "--run", copy, "--name", "june", "--version", "1.0", "--out", tmp_path)
    assert (tmp_path / "june-1.0" / "questions.jsonl").read_bytes() == (
        base / "june-1.0" / "questions.jsonl"
    ).read_bytes()
