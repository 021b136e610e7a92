from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.errors import ConfigError
from benchbuilder.sampling.votes import NOT_ASKED, count_votes, majorities
from benchbuilder.schemas import ANNOTATIONS, CRITERIA


def ballots(*rows: tuple[str, str, int | None, str]) -> pa.Table:
    """Rows of (prompt, annotator, how many criteria hold, status)."""
    made: list[dict[str, Any]] = [
        {
            "prompt_id": prompt,
            "annotator": annotator,
            **{c: None if n is None else place < n for place, c in enumerate(CRITERIA)},
            "quality_score": n,
            "status": status,
        }
        for prompt, annotator, n, status in rows
    ]
    return pa.Table.from_pylist(made, schema=ANNOTATIONS.schema)


def test_more_than_half_must_say_so() -> None:
    three = [("p", "a", 7, "ok"), ("p", "b", 4, "ok"), ("p", "c", 2, "ok")]
    assert count_votes(ballots(*three))["p"].score == 4


def test_a_tie_is_a_no_and_one_vote_decides_alone() -> None:
    assert count_votes(ballots(("p", "a", 7, "ok"), ("p", "b", 3, "ok")))["p"].score == 3
    assert count_votes(ballots(("p", "a", 6, "ok")))["p"].score == 6


def test_nulls_do_not_vote() -> None:
    votes = count_votes(
        ballots(
            *[("p", "a", 6, "ok"), ("p", "b", None, "timeout"), ("p", "c", 5, "ok")],
            *[("q", "a", None, "timeout"), ("q", "b", None, "refused")],
        )
    )
    assert votes["p"].score == 5  # a tie of two on the sixth
    assert (votes["q"].score, votes["q"].reason) == (None, "no_score")


def test_who_was_never_asked_has_no_score_whatever_others_say() -> None:
    vote = count_votes(ballots(("p", "cheap", 7, "ok"), ("p", "strong", None, "not_asked")))["p"]
    assert (vote.score, vote.reason) == (None, "not_asked")


def test_the_voters_may_be_named_and_must_exist() -> None:
    table = ballots(("p", "cheap", 7, "ok"), ("p", "strong", 2, "ok"))
    assert count_votes(table, ["strong"])["p"].score == 2
    with pytest.raises(ConfigError, match="'stong' has no annotations"):
        count_votes(table, ["stong"])


def test_the_promise_is_the_mean_expected_score() -> None:
    rows = ballots(("p", "a", 3, "ok"), ("p", "b", 3, "ok")).to_pylist()
    rows[0] |= {f"p_{c}": 0.5 for c in CRITERIA}
    rows[1] |= {f"p_{c}": 1.0 for c in CRITERIA}
    table = pa.Table.from_pylist(rows, schema=ANNOTATIONS.schema)
    assert count_votes(table)["p"].promise == pytest.approx((3.5 + 7) / 2)
    assert count_votes(ballots(("p", "a", 3, "ok")))["p"].promise is None


def test_the_majority_by_criterion_adds_up_to_the_score() -> None:
    rows = [("p", "a", 7, "ok"), ("p", "b", 4, "ok"), ("q", "a", None, "parse_error")]
    table = ballots(
        *rows, ("q", "b", None, "refused"), ("r", "a", 7, "ok"), ("r", "b", None, NOT_ASKED)
    )
    found = {row.pop("prompt_id"): list(row.values()) for row in majorities(table).to_pylist()}
    assert found == {"p": [True] * 4 + [False] * 3, "q": [None] * 7, "r": [None] * 7}
    assert sum(found["p"]) == count_votes(table)["p"].score
    alone = majorities(table, ["a"]).to_pylist()[0]
    assert all(alone[criterion] for criterion in CRITERIA)
