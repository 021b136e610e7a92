"""The Markdown of a comparison holds whatever users wrote."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.release.pull_request import SHOWN, markdown

SIDE = {
    "name": "june", "version": "1.0", "digest": "0" * 64, "cost_usd": None, "prompts": 9,
    "questions": 3, "topics": 1,
}  # fmt: skip


def document(texts: list[str], topic: str = "t") -> dict[str, Any]:
    added = [
        {"question_id": f"p1-{i:032}", "topic": topic, "quality_score": 6, "text": t, "near": None}
        for i, t in enumerate(texts)
    ]
    scores = {"mean": None, "counts": {}}
    return {
        "a": SIDE,
        "b": {**SIDE, "version": "1.1", "digest": "1" * 64},
        "same": False,
        "settings": [{"key": "sample.target", "a": 5, "b": None}],
        "questions": {"kept": 1, "added": added, "removed": [], "reworded": 0},
        "topics": {"same": [], "new": [], "gone": []},
        "scores": {"a": scores, "b": scores, "shared_prompts": 0, "rescored": 0,
                   "mean_shift": None},
        "languages": [],
        "leaderboards": None,
    }  # fmt: skip


@given(st.text(), st.text())
def test_texts_break_no_table(text: str, topic: str) -> None:
    lines = [line for line in markdown(document([text], topic)).split("\n") if "p1-0000" in line]
    (line,) = lines
    assert line.replace("\\|", "").count("|") == 5


def test_texts_are_shown_as_they_are() -> None:
    text = "run `x` and ``y``, @someone <b>"
    assert f"``` {text} ```" in markdown(document([text]))


def test_long_lists_are_cut_and_say_so() -> None:
    text = markdown(document(["a question"] * (SHOWN + 3)))
    assert text.count("a question") == SHOWN
    assert "and 3 more questions" in text


def test_values_that_do_not_exist_are_said_to_be_absent() -> None:
    text = markdown(document([]))
    assert "| `sample.target` | `5` | (absent) |" in text
    assert "| cost in US dollars | not known | not known |" in text
