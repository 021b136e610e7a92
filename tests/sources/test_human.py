from __future__ import annotations

from pathlib import Path

import pytest

from benchbuilder.errors import InputError
from benchbuilder.sources.human import parse_order, read_human, read_names


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_ratings(tmp_path: Path) -> None:
    file = write(tmp_path / "r.csv", "model,rating,lower,upper,date\norg/x,1200,1190,1210,may\n")
    assert read_human(file).to_pylist() == [
        {"model": "org/x", "rating": 1200, "lower": 1190, "upper": 1210}
    ]


@pytest.mark.parametrize("decimal", [".", ","])
def test_ratings_of_a_spreadsheet_with_semicolons(tmp_path: Path, decimal: str) -> None:
    text = "model;rating;lower;upper\nx-4.1;1200.5;1190.25;1210\ny;900;890;910.5\n"
    head, _, rows = text.partition("\n")
    numbers = rows.replace(".", decimal).replace(f"x-4{decimal}1", "x-4.1")
    assert read_human(write(tmp_path / "r.csv", f"{head}\n{numbers}")).to_pylist() == [
        {"model": "x-4.1", "rating": 1200.5, "lower": 1190.25, "upper": 1210.0},
        {"model": "y", "rating": 900.0, "lower": 890.0, "upper": 910.5},
    ]
    names = write(tmp_path / "names.csv", "model;human\nours;theirs\n")
    assert read_names(names) == {"ours": "theirs"}


def test_votes(tmp_path: Path) -> None:
    file = write(tmp_path / "v.jsonl", '{"model_a": "x", "model_b": "y", "winner": "tie"}\n')
    assert read_human(file).to_pylist() == [{"model_a": "x", "model_b": "y", "winner": "tie"}]


def test_orders_become_votes(tmp_path: Path) -> None:
    file = write(tmp_path / "o.tsv", "q1\tx>y=z\n\nq2\tz>x>y\n")
    votes = read_human(file).to_pylist()
    assert len(votes) == 6
    assert votes[:3] == [
        {"model_a": "x", "model_b": "y", "winner": "model_a", "question_id": "q1"},
        {"model_a": "x", "model_b": "z", "winner": "model_a", "question_id": "q1"},
        {"model_a": "y", "model_b": "z", "winner": "tie", "question_id": "q1"},
    ]


def test_an_order_of_ties_has_no_winner() -> None:
    assert {vote["winner"] for vote in parse_order("a=b=c")} == {"tie"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("h.csv", "name,elo\nx,1\n", "columns name, elo are no ranking"),
        ("h.tsv", "q1\tx>y\nq2\tonly\n", r"h\.tsv:2: not an order"),
        ("h.jsonl", "{", "cannot be read"),
        ("h.parquet", "text", "cannot be read"),
    ],
)
def test_what_is_no_ranking_is_named(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_human(write(tmp_path / name, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file") as raised:
        read_human(tmp_path / "absent.csv", "--votes")
    assert raised.value.hint == "check the path given to --votes"


def test_a_name_map(tmp_path: Path) -> None:
    file = write(tmp_path / "names.csv", "model,human\nours,theirs\nalone,\n")
    assert read_names(file) == {"ours": "theirs"}
    with pytest.raises(InputError, match="columns a, b are no name map"):
        read_names(write(tmp_path / "bad.csv", "a,b\n1,2\n"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("h.csv", b"model,rating,lower,upper\ncaf\xe9,1,0,2\n"),
        ("h.tsv", b"q1\tcaf\xe9>y\n"),
        ("h.jsonl", b'{"model": "caf\xe9", "rating": 1}\n'),
    ],
)
def test_what_is_not_utf8_is_named_and_not_taken_for_another_name(
    tmp_path: Path, name: str, text: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(text)
    for read in (read_human, read_names):
        with pytest.raises(InputError, match="not UTF-8 text") as raised:
            read(path)
        assert "iconv" in str(raised.value.hint)
