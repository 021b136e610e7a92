"""Judgments files: verdicts kept as they are, texts parsed, sides checked."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchbuilder.errors import InputError
from benchbuilder.resources import demo_path
from benchbuilder.schemas import JUDGMENTS
from benchbuilder.sources.judgments import read_judgments, reparse

ROW = {"question_id": "q", "model": "m", "baseline": "base", "game": 1, "judge": "j"}


def _write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_demo_judgments_are_read_whole() -> None:
    judgments = read_judgments([demo_path() / "judgments.jsonl"])
    assert judgments.schema == JUDGMENTS.schema
    assert Counter(judgments["status"].to_pylist()) == {"ok": 720}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"verdict": "A>B"}, {"verdict": "A>B", "status": "ok", "answer_a": "base"}),
        ({"game": 2, "verdict": "A>B"}, {"answer_a": "m", "answer_b": "base"}),
        ({"game": None, "answer_a": "m", "answer_b": "base", "verdict": "A>B"}, {"game": 2}),
        ({"text": "So [[B>A]]"}, {"verdict": "B>A", "status": "ok"}),
        ({"verdict": "B>A", "preference": 0.9}, {"verdict": "B>A", "preference": 0.9}),
        (
            {"text": "So [[A]]"},
            {
                "verdict": None,
                "status": "parse_error",
                "detail": "not one of the five verdicts: A",
            },
        ),
        ({"verdict": None, "status": "refused"}, {"verdict": None, "status": "refused"}),
        ({"verdict": None}, {"verdict": None, "status": "not_recorded"}),
        ({"verdict": "A>B", "text": "[[B>A]]"}, {"verdict": "A>B"}),
        ({"judge": None, "verdict": "A=B"}, {"judge": "recorded"}),
    ],
)
def test_rows(tmp_path: Path, row: dict[str, Any], expected: dict[str, Any]) -> None:
    (found,) = read_judgments([_write(tmp_path / "j.jsonl", ROW | row)]).to_pylist()
    assert found == found | expected


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"verdict": "A>>>B"}, "unknown verdict 'A>>>B'"),
        ({"verdict": "[A=B]"}, "unknown verdict"),
        ({"verdict": "A>B", "answer_a": "m", "answer_b": "base"}, "that is game 2"),
        ({"verdict": "A>B", "answer_a": "x", "answer_b": "base"}, "the sides are 'x' and 'base'"),
        ({"verdict": "A>B", "answer_a": "base"}, "the sides are 'base' and None"),
        ({"verdict": "A>B", "game": 3}, "in game 3"),
        ({"verdict": "A>B", "preference": 1.7}, "preference 1.7 is outside of 0 to 1"),
        ({"verdict": "A>B", "game": None}, "in game None"),
        ({"verdict": "A>B", "baseline": None}, "without model or baseline"),
        ({"verdict": None, "status": "ok"}, "neither a verdict nor a text"),
    ],
)
def test_what_cannot_be_a_judgment(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    path = _write(tmp_path / "j.jsonl", ROW | {"verdict": "A=B", "question_id": "p"}, ROW | row)
    with pytest.raises(InputError, match=rf"j\.jsonl:2: .*{message}"):
        read_judgments([path])


def test_a_game_that_is_there_twice_names_both_places(tmp_path: Path) -> None:
    path = _write(tmp_path / "j.jsonl", ROW | {"verdict": "A=B"}, ROW | {"verdict": "A>B"})
    with pytest.raises(InputError, match=r"j\.jsonl:2: .*j\.jsonl:1"):
        read_judgments([path])


def test_our_own_artifact_comes_back(tmp_path: Path) -> None:
    judgments = read_judgments([demo_path() / "judgments.jsonl"])
    pq.write_table(judgments, tmp_path / "judgments.parquet")
    assert read_judgments([tmp_path]) == judgments


def test_parsing_anew_changes_texts_only(tmp_path: Path) -> None:
    rows = [
        ROW | {"verdict": "A>B", "text": "[[B>A]]"},
        ROW | {"game": 2, "verdict": "A>B"},
        ROW | {"question_id": "p", "verdict": None, "status": "refused", "text": "No. [[A>B]]"},
    ]
    judgments = reparse(read_judgments([_write(tmp_path / "j.jsonl", *rows)]))
    assert judgments["verdict"].to_pylist() == ["B>A", "A>B", None]
    assert judgments["status"].to_pylist() == ["ok", "ok", "refused"]


def test_cells_of_csv_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "j.csv"
    path.write_text("question_id,model,baseline,game,verdict,preference\nq,m,base,2,A>B,0.8\n")
    (found,) = read_judgments([path]).to_pylist()
    assert (found["game"], found["answer_a"], found["preference"]) == (2, "m", 0.8)


def test_a_file_without_judgments_says_what_one_is(tmp_path: Path) -> None:
    path = tmp_path / "j.csv"
    path.write_text("question_id,model,baseline,game,verdict\n")
    with pytest.raises(InputError, match="no judgment in") as raised:
        read_judgments([path])
    assert "benchbuilder import" in str(raised.value.hint)
