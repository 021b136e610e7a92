"""What all imports share: verdicts as stored or parsed, games that are missing or there twice."""

from __future__ import annotations

from typing import Any

import pytest

from benchbuilder.sources.imports.imported import judgments_of, read_verdict


@pytest.mark.parametrize(
    ("stored", "text", "verdict", "status", "detail"),
    [
        ("A>B", "[[B>A]]", "A>B", "ok", None),
        (None, "[[B>A]]", "B>A", "ok", None),
        ("[A=B]", "[[A=B]]", "A=B", "ok", None),
        ("A>>A", None, None, "parse_error", "not one of the five verdicts: A>>A"),
        (None, None, None, "parse_error", "no verdict in the file"),
        (None, "", None, "parse_error", "empty text"),
        (None, "$ERROR$\n$ERROR$", None, "server_error", "the call failed"),
    ],
)
def test_verdicts(
    stored: str | None, text: str | None, verdict: str | None, status: str, detail: str | None
) -> None:
    found = read_verdict(stored, text)
    assert (found["verdict"], found["status"], found["detail"]) == (verdict, status, detail)


def game(question: str, number: int, **more: Any) -> dict[str, Any]:
    side_a, side_b = ("base", "m") if number == 1 else ("m", "base")
    return {
        "question_id": question,
        "model": "m",
        "answer_sample": 0,
        "baseline": "base",
        "judge": "j",
        "judge_sample": 0,
        "game": number,
        "answer_a": side_a,
        "answer_b": side_b,
        "verdict": "A>B",
        "status": "ok",
        "detail": None,
    } | more


def test_a_missing_game_is_added_with_its_sides() -> None:
    table, notes = judgments_of([game("q1", 1), game("q1", 2), game("q2", 2)])
    assert table is not None
    added = table.to_pylist()[-1]
    expected = game("q2", 1, verdict=None, status="not_recorded", detail=added["detail"])
    assert added == added | expected
    assert notes == ("1 game not in the file: m on q2, game 1",)


def test_one_game_a_record_is_no_gap() -> None:
    table, notes = judgments_of([game("q1", 1), game("q2", 2), game("q3", 1)])
    assert table is not None and table.num_rows == 3 and notes == ()


def test_reasons_are_counted() -> None:
    null = {"verdict": None, "status": "parse_error", "detail": "empty text"}
    _, notes = judgments_of([game("q1", 1, **null), game("q1", 2, **null), game("q1", 2, **null)])
    assert notes == (
        "1 game there before; the last one counts",
        "2 games without a verdict: empty text",
    )


def test_nothing_is_nothing() -> None:
    assert judgments_of([]) == (None, ())


def test_one_whole_pair_is_enough_to_tell_that_both_sides_are_played() -> None:
    """A file that ends in the middle of the second games is a file with holes."""
    first = [game(f"q{n}", 1) for n in range(9)]
    table, notes = judgments_of([*first, game("q0", 2)])
    assert table is not None
    assert table["status"].to_pylist().count("not_recorded") == 8
    assert notes[0].startswith("8 games not in the file: m on q1, game 2; ")
    assert notes[0].endswith(", …")


def test_a_format_with_one_game_a_question_has_no_second_side() -> None:
    table, notes = judgments_of([game("q1", 1), game("q1", 2), game("q2", 2)], one_game=True)
    assert table is not None
    assert [(r["question_id"], r["game"]) for r in table.to_pylist()] == [("q1", 2), ("q2", 2)]
    assert notes == ("1 game there before; the last one counts",)
