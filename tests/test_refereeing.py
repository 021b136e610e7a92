"""What judging is given: names of judges, and what makes a run another run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchbuilder.artifacts import RunFolder
from benchbuilder.config import build_config
from benchbuilder.errors import ConfigError, InputError
from benchbuilder.observe import Silent
from benchbuilder.refereeing import given_to_judge, identify_judge, recorded_name
from benchbuilder.resources import demo_path
from benchbuilder.stage import Context


def context(folder: Path, **judge: Any) -> Context:
    models = {name: {"base_url": "http://127.0.0.1:9/v1"} for name in ("one", "two")}
    config = build_config({"models": models, "judge": judge}, origin="test")
    recorded = (demo_path() / "judgments.jsonl",)
    return Context(config, RunFolder(folder), recorded=recorded, offline=True)


@pytest.mark.parametrize(
    ("judge", "found"),
    [
        ("recorded", (True, None)),
        ("recorded:gpt-4o", (True, "gpt-4o")),
        ("recorded:org/model:free", (True, "org/model:free")),
        ("recorder", (False, None)),
    ],
)
def test_recorded_judges_by_name(judge: str, found: tuple[bool, str | None]) -> None:
    assert recorded_name(judge) == found


def test_another_judge_on_the_panel_is_another_run(tmp_path: Path) -> None:
    alone = identify_judge(context(tmp_path, judge="one"))
    assert alone == identify_judge(context(tmp_path, judge="one"))
    assert alone != identify_judge(context(tmp_path, judge="one", panel=["two"]))
    creative = {"templates": {"poem": "judge-creative"}}
    assert alone != identify_judge(context(tmp_path, judge="one", **creative))


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
