"""What judging is given: names of judges, and what makes a run another run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchbuilder.artifacts import RunFolder
from benchbuilder.config import build_config
from benchbuilder.errors import ConfigError, InputError
from benchbuilder.observe import Silent
from benchbuilder.refereeing import given_to_judge, identify_judge
from benchbuilder.resources import demo_path, template_path
from benchbuilder.stage import Context


def context(folder: Path, **judge: Any) -> Context:
    models = {name: {"base_url": "http://127.0.0.1:9/v1"} for name in ("one", "two")}
    config = build_config({"models": models, "judge": judge}, origin="test")
    recorded = (demo_path() / "judgments.jsonl",)
    return Context(config, RunFolder(folder), recorded=recorded, offline=True)


def test_another_judge_on_the_panel_is_another_run(tmp_path: Path) -> None:
    alone = identify_judge(context(tmp_path, judge="one"))
    assert alone == identify_judge(context(tmp_path, judge="one"))
    assert alone != identify_judge(context(tmp_path, judge="one", panel=["two"]))
    creative = {"templates": {"poem": "judge-creative"}}
    assert alone != identify_judge(context(tmp_path, judge="one", **creative))


def key(folder: Path, **judge: Any) -> tuple[Any, Any]:
    """What decides the judgments beside questions and answers."""
    made = context(folder, **judge)
    return identify_judge(made), made.config.judge.decisive()


@pytest.mark.parametrize(
    "unused",
    [
        {"template": "judge-short"},
        {"templates": {"poem": "judge-creative"}},
        {"rubrics": {"poem": "Must rhyme."}},
        {"max_answer_chars": 100},
        {"stop_every": 5},
        {"duplicates": "first"},
        {"min_coverage": 0.5},
    ],
)
def test_what_a_recorded_judge_never_uses_makes_no_other_run(
    tmp_path: Path, unused: dict[str, Any]
) -> None:
    assert key(tmp_path, judge="recorded", **unused) == key(tmp_path, judge="recorded")


@pytest.mark.parametrize(
    "used",
    [
        {"template": "judge-short"},
        {"templates": {"poem": "judge-creative"}},
        {"rubrics": {"poem": "Must rhyme."}},
        {"max_answer_chars": 100},
        {"positions": "alternate"},
        {"stop": "top-3"},
        {"baselines": {"poem": "b"}},
    ],
)
def test_what_a_judge_that_is_asked_uses_makes_another_run(
    tmp_path: Path, used: dict[str, Any]
) -> None:
    assert key(tmp_path, judge="one", **used) != key(tmp_path, judge="one")


def test_a_template_or_rubric_is_known_by_what_it_says(tmp_path: Path) -> None:
    shipped = template_path("judge").read_text(encoding="utf-8")
    copy, rubric = tmp_path / "mine.md", tmp_path / "rubric.md"
    copy.write_text(shipped, encoding="utf-8")
    assert key(tmp_path, judge="one", template=str(copy)) == key(tmp_path, judge="one")
    copy.write_text(shipped + "\nBe brief.", encoding="utf-8")
    assert key(tmp_path, judge="one", template=str(copy)) != key(tmp_path, judge="one")
    rubric.write_text("Must rhyme.\n", encoding="utf-8")
    by_file = key(tmp_path, judge="one", rubrics={"poem": str(rubric)})
    assert by_file == key(tmp_path, judge="one", rubrics={"poem": "Must rhyme."})
    rubric.write_text("Must not rhyme.\n", encoding="utf-8")
    assert by_file != key(tmp_path, judge="one", rubrics={"poem": str(rubric)})


def test_a_rubric_that_names_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        identify_judge(context(tmp_path, judge="one", rubrics={"poem": "absent.md"}))


def test_a_rubric_may_be_longer_than_any_name_of_a_file(tmp_path: Path) -> None:
    rubric = "운율이 맞아야 한다. " * 15
    assert len(rubric) < 255 < len(rubric.encode())
    found = identify_judge(context(tmp_path, judge="one", rubrics={"poem": rubric}))
    assert found["rubrics"] == {"poem": rubric}


def test_every_judge_of_a_panel_has_a_client(tmp_path: Path) -> None:
    given = given_to_judge(context(tmp_path, judge="one", panel=["two"], baseline="b"), Silent())
    assert list(given["panel"]) == ["two"]
    assert given["complete"] is not given["panel"]["two"]


def test_what_cannot_be_judged_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the judge is a recorded one"):
        given_to_judge(context(tmp_path, panel=["two"], baseline="b"), Silent())
    with pytest.raises(InputError, match="no baseline is named"):
        given_to_judge(context(tmp_path, judge="one"), Silent())
    with pytest.raises(ConfigError, match="did you mean `two`"):
        identify_judge(context(tmp_path, judge="one", panel=["twoo"]))
