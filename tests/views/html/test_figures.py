from __future__ import annotations

import json

from benchbuilder.views.html import figures

ROW = {
    "model": "<b>a name that is far too long for a label</b>", "win_rate": 0.25, "lower": 0.2,
    "upper": 0.35, "human_rating": 1100.0, "human_lower": 1080.0, "human_upper": 1110.0,
}  # fmt: skip


def test_people_and_judge_are_shown_with_both_intervals() -> None:
    unknown = {**ROW, "model": "unrated", "win_rate": None}
    (trace,) = json.loads(figures.against_people([ROW, unknown], "ranking"))["data"]
    assert trace["x"] == [1100.0]
    assert trace["y"] == [25.0]
    assert trace["error_x"]["array"] == [10.0]
    assert trace["error_x"]["arrayminus"] == [20.0]
    assert [round(trace["error_y"][side][0], 9) for side in ("array", "arrayminus")] == [10.0, 5.0]


def test_labels_are_short_and_no_markup_while_the_hover_text_is_whole() -> None:
    (trace,) = json.loads(figures.against_people([ROW], "ranking"))["data"]
    assert trace["text"][0].startswith("&lt;b&gt;a name")
    assert trace["text"][0].endswith("…")
    assert trace["hovertext"] == ["&lt;b&gt;a name that is far too long for a label&lt;/b&gt;"]


def test_a_point_has_its_name_where_there_is_room() -> None:
    crowd = [
        {**ROW, "model": f"m{place}", "human_rating": 1100.0 + 2 * place} for place in range(9)
    ]
    far = {**ROW, "model": "a long name, far away", "human_rating": 1500.0}
    (trace,) = json.loads(figures.against_people([*crowd, far], "ranking"))["data"]
    assert trace["text"] == ["m0", *[""] * 3, "m4", *[""] * 3, "m8", far["model"]]
    assert trace["textposition"][-2:] == ["top center", "top left"], "inward at the edge"
    assert trace["hovertext"][1] == "m1", "the hover text has every name"


def test_heights_have_limits() -> None:
    assert figures.height_of(1) == 320
    assert figures.height_of(30) == 780
    assert figures.height_of(1000) == 1100


def test_points_have_a_proper_minus() -> None:
    assert figures.limits(-0.012, 0.34) == "−1.2 to 34.0"
