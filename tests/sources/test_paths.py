from __future__ import annotations

from pathlib import Path

import pytest

from benchbuilder.errors import InputError
from benchbuilder.sources.paths import expand, kind_of


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


def names(folder: Path, *paths: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in expand(paths)]


def test_folders_patterns_and_files_in_their_order(tmp_path: Path) -> None:
    touch(tmp_path, "b.jsonl", "a/2.parquet", "a/1.parquet", "c.csv.gz")
    assert names(tmp_path, tmp_path / "b.jsonl", tmp_path / "a") == [
        "b.jsonl",
        "a/1.parquet",
        "a/2.parquet",
    ]
    assert names(tmp_path, tmp_path / "**" / "*.parquet") == ["a/1.parquet", "a/2.parquet"]
    assert names(tmp_path, tmp_path / "b.jsonl", tmp_path / "*") == [
        "b.jsonl",
        "a/1.parquet",
        "a/2.parquet",
        "c.csv.gz",
    ]


def test_what_lies_beside_tables_stays_out(tmp_path: Path) -> None:
    touch(
        tmp_path,
        "README.md",
        "LICENSE.txt",
        ".git/x.json",
        "_tmp/x.json",
        "dataset_info.json",
        "state.json",
        "data-00000-of-00001.arrow",
    )
    assert names(tmp_path, tmp_path) == ["data-00000-of-00001.arrow"]


def test_run_folders_below_a_dump_are_no_part_of_it(tmp_path: Path) -> None:
    touch(tmp_path, "logs/a.jsonl", "runs/june/.lock", "runs/june/prompts.parquet")
    assert names(tmp_path, tmp_path) == ["logs/a.jsonl"]
    assert names(tmp_path, tmp_path / "runs" / "june") == ["runs/june/prompts.parquet"]


def test_text_files_alone_are_a_dump(tmp_path: Path) -> None:
    touch(tmp_path, "b.txt", "a.txt")
    assert names(tmp_path, tmp_path) == ["a.txt", "b.txt"]


def test_what_is_not_there_says_so(tmp_path: Path) -> None:
    for path in (tmp_path / "no.jsonl", tmp_path / "no*.jsonl", tmp_path):
        with pytest.raises(InputError) as caught:
            expand([path])
        assert str(path) in str(caught.value)
        assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.JSONL", "json"),
        ("a.json.gz", "json"),
        ("a.b.tsv.zst", "tsv"),
        ("a.gz", None),
        ("README", None),
    ],
)
def test_kinds_by_suffix(name: str, kind: str | None) -> None:
    assert kind_of(Path(name)) == kind
