"""``judge`` with judges that are asked: panels, references, rubrics, early stops, dry runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from tests import servers
from tests.cli.commands import run
from tests.servers import Body, Reply, ScriptedServer, scripted

QUESTIONS = 30
MODELS = ("base", "good", "poor")


def longer(body: Body, number: int) -> Reply:
    """The longer answer wins; the judge `tie` sees no difference."""
    del number
    texts = re.findall(r"BEGIN ANSWER \w (\w+)\n(.*?)\nEND ANSWER", servers.asked(body), re.DOTALL)
    one, two = (len(text) for _, text in texts)
    verdict = "A=B" if body["model"] == "tie" else "A>B" if one > two else "B>A"
    return servers.answer(f"So it is. [[{verdict}]]")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted(longer) as running:
        yield running


@pytest.fixture
def files(tmp_path: Path, server: ScriptedServer) -> tuple[object, ...]:
    """The first words of every command: answers, questions, baseline, run, config."""
    lengths = {"base": 40, "good": 60, "poor": 20}
    questions = [
        {"question_id": f"q{n}", "text": f"Task {n}", "rubric": f"Names {n}."}
        for n in range(QUESTIONS)
    ]
    answers = [
        {"question_id": f"q{n}", "model": model, "text": model[0] * length}
        for n in range(QUESTIONS)
        for model, length in lengths.items()
    ]
    model = {"base_url": server.base_url, "input_usd_per_million": 1.0, "max_tokens": 100}
    config = {"models": dict.fromkeys(("j", "tie"), model | {"output_usd_per_million": 1.0})}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    for name, rows in (("q", questions), ("a", answers)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    return (
        "judge", tmp_path / "a.jsonl", "--questions", tmp_path / "q.jsonl", "--baseline", "base",
        "--run", tmp_path / "run", "--config", tmp_path / "config.yaml",
    )  # fmt: skip


def document(*arguments: object, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json", code=code).stdout)
    return found


def rates(folder: Path, *more: object) -> dict[str, float]:
    board = document("report", folder, *more)
    return {row["model"]: row["win_rate"] for row in board["leaderboard"]}


def test_a_panel_judges_every_game_and_each_judge_weighs_the_same(
    files: tuple[object, ...], tmp_path: Path, server: ScriptedServer
) -> None:
    done = document(*files, "--judge", "j", "--set", "judge.panel=[tie]")
    games = 2 * QUESTIONS * (len(MODELS) - 1)
    assert done["statuses"] == {"ok": 2 * games}
    assert done["figures"]["cost_usd"] == pytest.approx(2 * games * 15e-6)
    board = document("report", tmp_path / "run")
    assert board["judges"] == ["j", "tie"]
    assert board["judge_agreement"]["games"] == games
    assert {row["model"]: row["win_rate"] for row in board["leaderboard"]}["good"] == 0.75
    assert "agreement of the judges" in run("report", tmp_path / "run").stdout
    one = document("report", tmp_path / "run", "--set", "report.judges=ensemble")
    assert one["judges"] == ["ensemble(j+tie)"]
    assert one["judge_agreement"]["judges"] == ["j", "tie"]
    assert {row["model"]: row["win_rate"] for row in one["leaderboard"]}["good"] == 1.0
    asked = len(server.calls)
    document(*files, "--judge", "j", "--set", "judge.panel=[tie]")
    assert len(server.calls) == asked


def test_one_limit_holds_for_all_judges(files: tuple[object, ...], server: ScriptedServer) -> None:
    more = ("--judge", "j", "--set", "judge.panel=[tie]", "--max-cost-usd", "0.0035")
    done = run(*files, *more, code=1)
    assert "pass the limit of $0.0035" in done.stderr.replace("\n", " ")
    assert 120 <= len(server.calls) < 240


def test_one_of_several_recorded_judges(files: tuple[object, ...], tmp_path: Path) -> None:
    document(*files, "--judge", "j", "--set", "judge.panel=[tie]")
    recorded = tmp_path / "recorded.parquet"
    (tmp_path / "run" / "judgments.parquet").rename(recorded)
    again = [tmp_path / "again" if word == tmp_path / "run" else word for word in files]
    done = run(*again, "--judge", "recorded", "--recorded", recorded, code=1)
    assert "j, tie" in done.stderr
    assert "--judge recorded:j" in done.stderr
    document(*again, "--judge", "recorded:tie", "--recorded", recorded, "--set", "judge.panel=[]")
    judged = pq.read_table(tmp_path / "again" / "judgments.parquet")
    assert set(judged["judge"].to_pylist()) == {"tie"}
    assert set(judged["verdict"].to_pylist()) == {"A=B"}
    done = run(*again, "--judge", "recorded:x", "--recorded", recorded, code=1)
    assert "no recorded judgments of the judge 'x'" in done.stderr.replace("\n", " ")


def test_the_judge_leans_on_a_reference(
    files: tuple[object, ...], tmp_path: Path, server: ScriptedServer
) -> None:
    more = ("--judge", "j", "--set", "judge.reference=good")
    assert document(*files, *more, "--set", "judge.template=judge-reference")["statuses"] == {
        "ok": 2 * QUESTIONS
    }
    assert set(rates(tmp_path / "run")) == {"base", "poor"}
    assert all("g" * 60 in servers.asked(body) for body in server.calls)


def test_a_question_brings_its_own_rubric(
    files: tuple[object, ...], server: ScriptedServer
) -> None:
    document(*files, "--judge", "j", "--set", "judge.template=judge-rubric")
    shown = {found for body in server.calls for found in re.findall(r"Names \d+\.", str(body))}
    assert shown == {f"Names {n}." for n in range(QUESTIONS)}


def test_a_category_has_a_rubric_for_questions_without_their_own(
    files: tuple[object, ...], tmp_path: Path, server: ScriptedServer
) -> None:
    questions = [
        {"question_id": f"q{n}", "text": f"Task {n}", "category": "law" if n % 2 else "code"}
        | ({"rubric": f"Names {n}."} if n == 1 else {})
        for n in range(QUESTIONS)
    ]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, questions)) + "\n")
    (tmp_path / "law.md").write_text("Cites the paragraph.\n")
    rubrics = ("--judge", "j", "--set", f"judge.rubrics={{law: {tmp_path / 'law.md'}}}")
    done = run(*files, *rubrics, code=1)
    assert "--set judge.templates.law=judge-rubric" in done.stderr
    assert server.calls == []
    document(*files, *rubrics, "--set", "judge.templates.law=judge-rubric")
    shown = [body for body in server.calls if "Cites the paragraph." in servers.asked(body)]
    own = [body for body in server.calls if "Names 1." in servers.asked(body)]
    assert (len(server.calls), len(shown), len(own)) == (4 * QUESTIONS, 56, 4)
    asked = len(server.calls)
    document("judge", "--run", tmp_path / "run")
    assert len(server.calls) == asked
    (tmp_path / "law.md").write_text("Cites the paragraph and the year.\n")
    document("judge", "--run", tmp_path / "run")
    assert len(server.calls) == asked + 56, "only what is shown another rubric is asked again"


def test_a_judge_that_refuses_a_question_is_shown_and_asked_again_on_the_next_run_only(
    files: tuple[object, ...], tmp_path: Path, server: ScriptedServer
) -> None:
    def refusing(body: Body, number: int) -> Reply:
        if "Task 7\n" not in servers.asked(body):
            return longer(body, number)
        return servers.answer(None, refusal="I cannot judge this.")

    server.script = refusing
    done = document(*files, "--judge", "j")
    assert done["statuses"] == {"ok": 116, "refused": 4}
    assert len(server.calls) == 120, "a refusal is not asked again and again"
    board = document("report", tmp_path / "run")
    assert board["judge_health"]["by_reason"] == {"refused": 4}
    assert {row["prompts"] for row in board["leaderboard"]} == {QUESTIONS - 1}
    assert document("status", tmp_path / "run")["artifacts"]["judgments"]["state"] == "incomplete"
    server.script = longer
    assert document("judge", "--run", tmp_path / "run")["statuses"] == {"ok": 120}
    assert len(server.calls) == 124


def test_a_category_that_no_question_has_is_said(files: tuple[object, ...]) -> None:
    done = document(*files, "--judge", "j", "--set", "judge.templates={lwa: judge-short}")
    assert (
        done["notes"]
        == [
            "the rubric of 30 questions is not shown to the judge: "
            "--set judge.template=judge-rubric",
            "judge.templates has an entry for the category 'lwa', and no question is of it; "
            "categories: none",
        ][::-1]
    )


def test_models_that_are_out_are_stopped_and_said_to_be(
    files: tuple[object, ...], tmp_path: Path, server: ScriptedServer
) -> None:
    done = document(*files, "--judge", "j", "--set", "judge.stop=top-1")
    assert list(done["figures"]["stopped"]) == ["poor"]
    assert len(server.calls) < 4 * QUESTIONS
    board = document("report", tmp_path / "run")
    row = next(row for row in board["leaderboard"] if row["model"] == "poor")
    assert row["interval"] == "sequential"
    assert "stopped early" in row["note"]
    assert board["separability"]["pairs"] == 0
    assert board["judge_health"]["null_fraction"] == 0
    assert board["stopped"] == done["figures"]["stopped"]


def test_one_game_a_question_says_what_it_saves_and_costs(
    files: tuple[object, ...], server: ScriptedServer
) -> None:
    done = document(*files, "--judge", "j", "--set", "judge.positions=alternate")
    assert len(server.calls) == 2 * QUESTIONS
    assert any("60 games in place of 120" in note for note in done["notes"])


def test_a_recorded_judge_needs_its_file(files: tuple[object, ...], tmp_path: Path) -> None:
    document(*files, "--judge", "j")
    done = run("judge", "--run", tmp_path / "run", "--judge", "recorded", code=1)
    assert "no file of judgments is named" in done.stderr.replace("\n", " ")


def test_a_dry_run_counts_the_calls_of_every_judge(
    files: tuple[object, ...], tmp_path: Path, server: ScriptedServer
) -> None:
    more = ("--judge", "j", "--set", "judge.panel=[tie]")
    calls = document(*files, *more, "--dry-run")["calls"]
    assert [each["model"] for each in calls] == ["j", "tie"]
    assert {each["calls"] for each in calls} == {4 * QUESTIONS}
    assert all(each["cost_usd"] > 0 for each in calls)
    assert server.calls == []
    assert not (tmp_path / "run").exists()
    until_out = document(*files, "--judge", "j", "--set", "judge.stop=top-1", "--dry-run")["calls"]
    assert until_out[0]["calls"] == 4 * QUESTIONS, "at most: nobody knows yet who will be out"
    document(*files, "--judge", "j")
    calls = document(*files, *more, "--dry-run")["calls"]
    assert [(each["calls"], each["recorded"]) for each in calls] == [(0, 120), (120, 0)]


def test_verdicts_are_read_anew_without_asking(
    files: tuple[object, ...], tmp_path: Path, server: ScriptedServer
) -> None:
    document(*files, "--judge", "j")
    path, asked = tmp_path / "run" / "judgments.parquet", len(server.calls)
    assert document("judge", "--run", tmp_path / "run", "--reparse")["changed"] == 0
    rows = pq.read_table(path)
    texts = ["I cannot say." if n == 0 else text for n, text in enumerate(rows["text"].to_pylist())]
    place = rows.schema.get_field_index("text")
    pq.write_table(rows.set_column(place, rows.schema.field(place), [texts]), path)
    done = document("judge", "--run", tmp_path / "run", "--reparse")
    assert (done["judgments"], done["changed"]) == (120, 1)
    assert done["changes"][0]["to"] == "parse error"
    assert document("report", tmp_path / "run")["judge_health"]["by_reason"] == {"parse_error": 1}
    assert len(server.calls) == asked
    status = document("status", tmp_path / "run")
    assert status["artifacts"]["judgments"]["state"] == "incomplete"
    assert "read otherwise" in run("judge", "--run", tmp_path / "run", "--reparse").stdout
    (tmp_path / "empty").mkdir()
    assert "holds no judgments" in run(
        "judge", "--run", tmp_path / "empty", "--reparse", code=1
    ).stderr.replace("\n", " ")
