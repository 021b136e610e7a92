from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchbuilder.errors import InputError


def test_file_and_line_lead_the_message() -> None:
    assert str(InputError("not JSON", file="a.jsonl", line=3)) == "a.jsonl:3: not JSON"


@pytest.mark.parametrize(
    ("file", "hint"),
    [
        ("my log.jsonl", "see that line: sed -n 3p 'my log.jsonl'"),
        ("votes.csv", "see that line: sed -n 3p votes.csv"),
        ("runs.json", "see that row: jq -s 'flatten(1)[2]' runs.json"),
        (
            "table.parquet",
            "see that row: python -c 'import sys, pyarrow.parquet as pq; "
            "print(pq.read_table(sys.argv[1]).slice(2, 1).to_pylist())' table.parquet",
        ),
        ("log.jsonl.gz", None),
    ],
)
def test_without_a_hint_the_next_step_is_to_look_at_the_line_or_row(
    file: str, hint: str | None
) -> None:
    assert InputError("wrong", file=file, line=3).hint == hint
    assert InputError("wrong", file=file, line=3, hint="other").hint == "other"
    assert InputError("wrong", file=file).hint is None


def test_the_row_of_a_parquet_file_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "my votes.parquet"
    pq.write_table(pa.table({"model": ["first", "second"]}), file)
    hint = str(InputError("wrong", file=file, line=2).hint).removeprefix("see that row: ")
    _, *arguments = shlex.split(hint)
    shown = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    assert shown.stdout == "[{'model': 'second'}]\n"
