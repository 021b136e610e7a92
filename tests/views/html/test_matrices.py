from __future__ import annotations

import json
from typing import Any

from benchbuilder.views.html import matrices

PAIR = {
    "model": "B", "other": "C", "difference": 0.071, "lower": 0.03, "upper": 0.112,
    "p_value": 0.002, "separated_paired": True, "separated_disjoint": False,
}  # fmt: skip


def cells(figure: str, trace: int, key: str) -> Any:
    return json.loads(figure)["data"][trace][key]


def test_a_pair_has_colour_only_where_its_rule_separates_it() -> None:
    made = matrices.pair_matrix([PAIR], ["B", "C"])
    assert cells(made, 1, "z") == [[None, 7.1], [None, None]], "upper: the paired difference"
    assert cells(made, 0, "z") == [[None, None], [0, None]], "lower: not by the paper's rule"
    assert cells(made, 1, "text")[0][1] == "B beats C by 7.1 points, 3.0 to 11.2, p = 0.002"
    assert cells(made, 0, "text")[1][0] == "the intervals of B and C overlap"


def test_small_matrices_have_numbers_in_their_cells_and_large_ones_have_not() -> None:
    models = [f"m{place}" for place in range(15)]
    assert cells(matrices.pair_matrix([PAIR], ["B", "C"]), 1, "texttemplate") == "%{z:.0f}"
    large = matrices.pair_matrix([{**PAIR, "model": "m0", "other": "m1"}], models)
    assert "texttemplate" not in json.loads(large)["data"][1]


def test_a_pair_without_an_interval_is_said_to_have_none() -> None:
    unknown = {**PAIR, "difference": None, "separated_paired": None, "separated_disjoint": None}
    made = matrices.pair_matrix([unknown], ["B", "C"])
    assert cells(made, 0, "text")[0][1] == "B and C: no interval"


def test_thin_topics_are_grey_and_small_ones_left_out() -> None:
    def row(model: str, topic: str, prompts: int) -> dict[str, Any]:
        return {
            "model": model, "part": topic, "prompts": prompts, "win_rate": 0.25, "lower": 0.1,
            "upper": 0.4,
        }  # fmt: skip

    rows = [row("B", "large", 30), row("C", "large", 4), row("B", "small", 3)]
    made = matrices.topic_matrix(rows, ["B", "C"])
    assert cells(made, 1, "x") == ["large"]
    assert cells(made, 1, "z") == [[25.0], [None]]
    assert cells(made, 0, "z") == [[None], [0]]
    assert cells(made, 0, "text")[1][0] == "C on large: 25.0 %, 10.0 to 40.0, 4 questions"


def test_names_are_not_markup() -> None:
    made = matrices.pair_matrix([{**PAIR, "model": "<b>B</b>"}], ["<b>B</b>", "C"])
    assert cells(made, 0, "x")[0] == "&lt;b&gt;B&lt;/b&gt;"


def test_no_colour_is_decided_here() -> None:
    made = matrices.pair_matrix([PAIR], ["B", "C"])
    assert "colorscale" not in made
    assert {trace["meta"]["part"] for trace in json.loads(made)["data"]} == {"quiet", "sequential"}
