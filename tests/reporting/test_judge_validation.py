"""What ``validate judge`` says of one judge and of several."""

from __future__ import annotations

import pyarrow as pa

from benchbuilder.reporting.judge_validation import validation_document
from benchbuilder.schemas import ANSWERS, JUDGMENTS


def games(judge: str, verdict: str, models: tuple[str, ...] = ("gpt-a", "claude-a")) -> pa.Table:
    """Both games of eight questions; the same verdict about sides throughout."""
    rows = [
        {
            "question_id": f"q{n}", "model": model, "answer_sample": 0, "baseline": "base",
            "judge": judge, "judge_sample": 0, "game": game, "status": "ok", "verdict": verdict,
            "answer_a": "base" if game == 1 else model, "answer_b": model if game == 1 else "base",
        }
        for n in range(8) for model in models for game in (1, 2)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=JUDGMENTS.schema)


def test_a_judge_who_always_names_the_first_side_is_found_out() -> None:
    document = validation_document(games("j", "A>B"))
    (judge,) = document["judges"]
    assert judge["swap"] == {
        "pairs": 16, "same_winner": 0.0, "opposite_winner": 1.0, "position_bias": 0.5,
    }  # fmt: skip
    assert judge["length"] is None
    assert judge["humans"] is None
    assert judge["self_preference"]["reason"]
    assert document["between_judges"] == []
    assert document["alpha"]["reason"] == "one judge only"


def test_two_judges_people_and_lengths() -> None:
    both = pa.concat_tables([games("gpt-4o", "A>B"), games("claude-4", "A=B")])
    answers = pa.Table.from_pylist(
        [
            {"question_id": f"q{n}", "model": model, "sample": 0, "status": "ok", "tokens": tokens}
            for n in range(8)
            for model, tokens in (("base", 10), ("gpt-a", 20), ("claude-a", 20))
        ],
        schema=ANSWERS.schema,
    )
    votes = pa.table(
        {"question_id": ["q0", "q1"], "model_a": ["gpt-a"] * 2, "model_b": ["base"] * 2,
         "winner": ["tie", "model_a"]}
    )  # fmt: skip
    document = validation_document(both, answers=answers, votes=votes)
    first, second = document["judges"]
    assert (first["judge"], second["judge"]) == ("claude-4", "gpt-4o")
    assert second["length"]["longer_wins"] == 0.5
    assert (second["humans"]["pairs"], second["humans"]["same"]) == (2, 0.5)
    (between,) = document["between_judges"]
    assert (between["pairs"], between["same"], between["decided"]) == (16, 1.0, 0)
    assert second["self_preference"]["against"] == "humans"
