"""Does a judge prefer the longer answer?"""

from __future__ import annotations

import pyarrow as pa

from benchbuilder.stats.judge_health import judge_health
from benchbuilder.stats.length_preference import length_preference

from .cases import judgments


def test_length_preference() -> None:
    table = judgments({"m": [["B>A", "A>B"], ["A>B", "A>B"], ["A=B", "B>A"], ["A>B", "A>B"]]})
    answers = pa.table(
        {
            "question_id": ["p000", "p000", "p001", "p001", "p002", "p002", "p003"],
            "model": ["m", "base", "m", "base", "m", "base", "m"],
            "tokens": [200, 100, 50, 100, 70, 70, 10],
        }
    )
    found = length_preference(table, answers)
    # p000: the longer wins twice; p001: once of two; p002: equal length; p003: unknown.
    assert (found.games, found.longer_wins, found.unknown) == (4, 0.75, 2)


def test_length_preference_joins_on_the_sample() -> None:
    table = judgments({"m": [["B>A", "A>B"]]})
    sample = table.schema.get_field_index("answer_sample")
    table = table.set_column(sample, "answer_sample", pa.array([1, 1]))
    answers = pa.table(
        {
            "question_id": ["p000"] * 3,
            "model": ["m", "m", "base"],
            "sample": pa.array([0, 1, 0], pa.int32()),
            "tokens": pa.array([1, 300, 100], pa.int32()),
        }
    )
    assert length_preference(table, answers).longer_wins == 1


def test_it_is_part_of_the_health_of_a_judge_where_answers_are_given() -> None:
    table = judgments({"m": [["B>A", "A>B"]]})
    answers = pa.table({"question_id": ["p000"] * 2, "model": ["m", "base"], "tokens": [9, 5]})
    length = judge_health(table, answers=answers).length
    assert length is not None
    assert (length.games, length.longer_wins) == (2, 1.0)
    assert judge_health(table).length is None
    unknown = judge_health(table, answers=answers.slice(0, 1)).length
    assert unknown is not None
    assert (unknown.longer_wins, unknown.unknown) == (None, 2)
