"""The mean of several judges."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.errors import InputError
from benchbuilder.judging.ensemble import ensemble, verdict_of_mean
from benchbuilder.schemas import JUDGMENTS
from benchbuilder.stats.verdicts import VERDICTS, swapped

GAME = {"question_id": "q", "model": "m", "answer_sample": 0, "baseline": "base", "game": 1}
GAME |= {"answer_a": "base", "answer_b": "m", "judge_sample": 0}


def judged(*verdicts: tuple[str, str | None], **more: Any) -> pa.Table:
    rows = [
        GAME
        | {"judge": judge, "verdict": verdict, "judge_sample": sample}
        | {"status": "ok" if verdict else "refused"}
        | more
        for sample, (judge, verdict) in enumerate(verdicts)
    ]
    return pa.Table.from_pylist(rows, schema=JUDGMENTS.schema)


@pytest.mark.parametrize(
    ("mean", "verdict"),
    [
        (2, "A>>B"),
        (1.01, "A>>B"),
        (1, "A>B"),
        (0.1, "A>B"),
        (0, "A=B"),
        (-1, "B>A"),
        (-1.5, "B>>A"),
    ],
)
def test_the_mean_as_a_verdict(mean: float, verdict: str) -> None:
    assert verdict_of_mean(mean) == verdict
    assert verdict_of_mean(-mean) == swapped(verdict)


def test_agreement_stays_as_it_is() -> None:
    for verdict in VERDICTS:
        (row,) = ensemble(judged(("j", verdict), ("k", verdict))).to_pylist()
        assert (row["verdict"], row["judge"]) == (verdict, "ensemble(j+k)")


def test_every_judge_weighs_the_same_whatever_its_samples() -> None:
    found = ensemble(judged(("j", "A>>B"), ("j", "A>>B"), ("j", "A>>B"), ("k", "B>>A")))
    assert found["verdict"].to_pylist() == ["A=B"]


def test_a_judge_without_a_verdict_is_left_out_and_told() -> None:
    (row,) = ensemble(judged(("j", "A>>B"), ("k", None), ("l", "A>B")), name="all").to_pylist()
    assert (row["verdict"], row["detail"], row["judge"]) == ("A>>B", "2 of 3 judges", "all")
    (row,) = ensemble(judged(("j", None), ("k", None))).to_pylist()
    assert (row["verdict"], row["status"]) == (None, "refused")


def test_costs_add_up_and_unknown_ones_stay_unknown() -> None:
    (row,) = ensemble(judged(("j", "A>B"), ("k", "A>B"), cost_usd=0.5, tokens=3)).to_pylist()
    assert (row["cost_usd"], row["tokens"]) == (1.0, 6)
    (row,) = ensemble(judged(("j", "A>B"), ("k", "A>B"))).to_pylist()
    assert (row["cost_usd"], row["tokens"]) == (None, None)


def test_one_judge_is_no_ensemble() -> None:
    with pytest.raises(InputError, match="two judges or more, found j"):
        ensemble(judged(("j", "A>B")))
