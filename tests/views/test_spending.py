"""What calls came to, in words."""

from __future__ import annotations

import pytest

from benchbuilder.llm.preflight import Estimate
from benchbuilder.llm.totals import Total
from benchbuilder.views.spending import price_lines, spent, totals_rows

KNOWN = Total("annotate", "m", 1200, 1100, 34567, 890, 0, 1.25, 0)
PARTLY = Total("judge", "m", 10, 10, 70, 30, 4, 0.5, 4)
UNKNOWN = Total("answer", "n", 3, 3, None, None, 3, None, 3)
REJECTED = Total("answer", "o", 2, 0, None, None, 0, 0.0, 0)
IMPORTED = Total(None, "m", 5, 5, 10, 5, 0, 0.75, 0)


@pytest.mark.parametrize(
    ("total", "row"),
    [
        (KNOWN, ("annotate", "m", "1,200", "34,567", "890", "$1.2500")),
        (PARTLY, ("judge", "m", "10", "70 + 4 calls not known", "30 + 4 calls not known",
                  "$0.5000 + 4 calls not known")),
        (UNKNOWN, ("answer", "n", "3", "not known", "not known", "not known")),
        (REJECTED, ("answer", "o", "2", "0", "0", "$0.0000")),
        (IMPORTED, ("(another run)", "m", "5", "10", "5", "$0.7500")),
    ],
)  # fmt: skip
def test_a_row_says_what_is_not_known(total: Total, row: tuple[str, ...]) -> None:
    assert totals_rows([total]) == [row]


@pytest.mark.parametrize(
    ("totals", "sentence"),
    [
        ([], "nothing, none was made"),
        ([IMPORTED], "nothing, none was made"),
        ([KNOWN, IMPORTED], "$1.2500"),
        ([KNOWN, PARTLY, UNKNOWN], "$1.7500 + 7 calls not known"),
        ([UNKNOWN], "not known"),
    ],
)
def test_the_sum_is_of_the_runs_own_calls(totals: list[Total], sentence: str) -> None:
    assert spent(totals) == f"Spent on calls: {sentence}"


def test_the_source_of_a_price_is_told_and_how_to_state_one() -> None:
    priced = Estimate("judge", "m", 9, 0, 9, 100, 50, 0.25, "$1 in and $2 out (config)")
    unpriced = Estimate("annotate", "n", 9, 0, 9, 100, 50, None, None)
    assert price_lines([priced, priced, unpriced]) == [
        "m: $1 in and $2 out (config)",
        "n: no price is known; state models.n.input_usd_per_million and output_usd_per_million",
    ]
