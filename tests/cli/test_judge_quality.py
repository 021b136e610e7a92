"""``validate judge`` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchbuilder.resources import demo_path
from tests.cli.commands import run

DEMO = demo_path()
JUDGMENTS = DEMO / "judgments.jsonl"


def document(*arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("validate", "judge", *arguments, "--json").stdout)
    return found


def test_the_demos_judge_against_its_writers() -> None:
    found = document(
        JUDGMENTS, "--votes", DEMO / "author_rankings.tsv", "--answers", DEMO / "answers.jsonl"
    )
    (judge,) = found["judges"]
    assert judge["humans"]["pairs"] > 100
    assert judge["humans"]["lower"] <= judge["humans"]["same_winner"] <= judge["humans"]["upper"]
    assert judge["length"]["games"] > 0
    shown = run("validate", "judge", JUDGMENTS, "--votes", DEMO / "author_rankings.tsv").stdout
    assert "Agreement with people" in shown
    assert max(map(len, shown.splitlines()[:12])) <= 80


def test_a_judge_against_another_run_of_itself(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in JUDGMENTS.read_text().splitlines()]
    swapped = {"[[A>B]]": "[[B>A]]", "[[B>A]]": "[[A>B]]"}
    for row in rows[:40]:
        text = row["text"]
        row["text"] = text[:-7] + swapped.get(text[-7:], text[-7:])
    again = tmp_path / "again.jsonl"
    again.write_text("\n".join(map(json.dumps, rows)) + "\n")
    found = document(JUDGMENTS, "--against", again)
    names = [judge["judge"] for judge in found["judges"]]
    assert names == ["recorded-llm", "recorded-llm (again.jsonl)"]
    (between,) = found["between_judges"]
    assert between["judges"] == names
    assert 0.8 < between["same"] < 1
    assert 0 < found["alpha"]["value"] < 1
    shown = run("validate", "judge", JUDGMENTS, "--against", again).stdout
    assert "Agreement between judges" in shown


def test_votes_that_name_no_question_lead_to_the_report(tmp_path: Path) -> None:
    votes = tmp_path / "votes.csv"
    votes.write_text("model_a,model_b,winner\ndemo-strong,demo-baseline,model_a\n")
    done = run("validate", "judge", JUDGMENTS, "--votes", votes, code=1)
    assert "report RUN --human FILE" in done.stderr.replace("\n", " ")
