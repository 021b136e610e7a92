"""``answer``: declared models, one after the other, into one set of answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from benchbuilder.resources import demo_path
from tests import servers
from tests.cli.commands import run
from tests.servers import Body, Reply, ScriptedServer, scripted

DEMO = demo_path()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    def script(body: Body, number: int) -> Reply:
        del number
        return servers.answer(f"{body['model']} says: {servers.asked(body)[:20]}")

    with scripted(script) as running:
        yield running


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    lines = (DEMO / "questions.jsonl").read_text().splitlines()[:6]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def declared(tmp_path: Path, base_url: str, *names: str) -> Path:
    model = {"base_url": base_url, "input_usd_per_million": 1.0, "output_usd_per_million": 2.0}
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({"models": dict.fromkeys(names, model)}))
    return path


def document(*arguments: object, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json", code=code).stdout)
    return found


def rows(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / "answers.parquet").to_pylist()
    return found


def test_models_answer_one_after_the_other_and_are_paid_for_once(
    tmp_path: Path, questions: Path, server: ScriptedServer
) -> None:
    config, folder = declared(tmp_path, server.base_url, "b", "a"), tmp_path / "run"
    base = ("answer", "--run", folder)
    first = document(*base, "--questions", questions, "--model", "b", "--config", config)
    assert [(row["model"], row["answers"]) for row in first["models"]] == [("b", 6)]
    assert first["models"][0]["cost_usd"] == pytest.approx(6 * 20e-6)
    document(*base, "--model", "a")
    assert [row["model"] for row in rows(folder)] == ["a"] * 6 + ["b"] * 6
    assert {row["origin"] for row in rows(folder)} == {"asked"}
    before, asked = (folder / "answers.parquet").read_bytes(), len(server.calls)
    document(*base, "--model", "b", "--model", "a", "--offline")
    document(*base, "--model", "a")
    assert (folder / "answers.parquet").read_bytes() == before, "whoever answered first"
    assert len(server.calls) == asked == 12


def test_a_trial_asks_few_and_does_not_bind_what_follows(
    tmp_path: Path, questions: Path, server: ScriptedServer
) -> None:
    config, folder = declared(tmp_path, server.base_url, "m"), tmp_path / "run"
    base = ("answer", "--model", "m", "--run", folder)
    document(*base, "--questions", questions, "--config", config, "--limit", 2)
    assert len(rows(folder)) == 2
    document(*base)
    assert len(rows(folder)) == 6
    assert len(server.calls) == 6


def test_failures_are_asked_again_and_the_exit_code_tells(tmp_path: Path, questions: Path) -> None:
    broken = True

    def script(body: Body, number: int) -> Reply:
        if broken and number % 2:
            return servers.failure(400, "no such luck")
        return servers.answer("Fine.")

    with scripted(script) as server:
        config, folder = declared(tmp_path, server.base_url, "m", "n"), tmp_path / "run"
        base = ("answer", "--run", folder, "--model", "m")
        done = document(*base, "--questions", questions, "--config", config, code=3)
        assert done["models"][0]["failed"] > 0
        assert "run the same command again" in done["notes"][-1]
        broken, before = False, len(server.calls)
        done = document(*base)
        assert done["models"][0]["statuses"] == {"ok": 6}
        assert len(server.calls) - before < 6, "what was answered is not asked again"


def test_a_dry_run_says_what_it_costs_and_asks_nothing(
    tmp_path: Path, questions: Path, server: ScriptedServer
) -> None:
    config, folder = declared(tmp_path, server.base_url, "m"), tmp_path / "run"
    base = ("answer", "--run", folder, "--model", "m", "--questions", questions, "--config", config)
    (calls,) = document(*base, "--dry-run")["calls"]
    assert (calls["calls"], calls["recorded"]) == (6, 0)
    assert calls["cost_usd"] == pytest.approx(
        (calls["input_tokens"] + 2 * calls["output_tokens"]) / 1e6
    )
    assert not folder.exists()
    assert server.calls == []
    document(*base, "--limit", 4)
    (calls,) = document(*base, "--dry-run")["calls"]
    assert (calls["calls"], calls["recorded"]) == (2, 4)
    assert "on record" in run(*base, "--dry-run").stdout


def test_files_and_asked_models_stand_side_by_side_and_are_judged(
    tmp_path: Path, questions: Path, server: ScriptedServer
) -> None:
    wanted = {json.loads(line)["question_id"] for line in questions.read_text().splitlines()}
    demo = [json.loads(line) for line in (DEMO / "answers.jsonl").read_text().splitlines()]
    kept = [a for a in demo if a["question_id"] in wanted and a["model"] == "demo-baseline"]
    answers = tmp_path / "answers.jsonl"
    answers.write_text("\n".join(map(json.dumps, kept)) + "\n")
    config, folder = declared(tmp_path, server.base_url, "m", "j"), tmp_path / "run"
    document("answer", "--run", folder, "--model", "m", "--questions", questions,
             "--config", config)  # fmt: skip
    server.script = lambda body, number: servers.answer("Both are fine. [[A=B]]")
    judge = ("judge", "--run", folder, "--judge", "j", "--baseline", "demo-baseline")
    (calls,) = document(*judge, answers, "--dry-run")["calls"]
    assert calls["calls"] == 12, "an answer of another origin is there beside the file's"
    judged = document(*judge, answers)
    assert judged["statuses"] == {"ok": 12}
    assert {row["origin"] for row in rows(folder)} == {"asked", "file"}
    before = (folder / "judgments.parquet").read_bytes()
    document(*judge)
    document(*judge, answers)
    shown = run("answer", "--run", folder, "--model", "m").stdout
    assert "6 ok" in shown
    assert "benchbuilder judge --baseline MODEL" in shown
    document(*judge)
    assert (folder / "judgments.parquet").read_bytes() == before
    assert len(server.calls) == 6 + 12
    stale = document("status", folder)["stages"]
    assert [stage["stage"] for stage in stale if stage["stale"]] == []


def test_a_files_answers_take_the_place_of_those_of_the_same_model(
    tmp_path: Path, questions: Path, server: ScriptedServer
) -> None:
    config, folder = declared(tmp_path, server.base_url, "m", "j"), tmp_path / "run"
    document("answer", "--run", folder, "--model", "m", "--questions", questions,
             "--config", config)  # fmt: skip
    ids = [json.loads(line)["question_id"] for line in questions.read_text().splitlines()]
    answers = tmp_path / "answers.jsonl"
    lines = [
        json.dumps({"question_id": name, "model": model, "text": f"{model} from a file"})
        for name in ids
        for model in ("m", "base")
    ]
    answers.write_text("\n".join(lines) + "\n")
    server.script = lambda body, number: servers.answer("[[A=B]]")
    done = document("judge", answers, "--run", folder, "--baseline", "base", "--judge", "j")
    assert "the answers of m in these files take the place" in done["notes"][0]
    assert {row["text"] for row in rows(folder)} == {"m from a file", "base from a file"}


def test_answers_to_earlier_questions_stay_and_are_told(
    tmp_path: Path, questions: Path, server: ScriptedServer
) -> None:
    config, folder = declared(tmp_path, server.base_url, "a", "b"), tmp_path / "run"
    document("answer", "--run", folder, "--questions", questions, "--model", "a",
             "--config", config)  # fmt: skip
    lines = (DEMO / "questions.jsonl").read_text().splitlines()[2:8]
    questions.write_text("\n".join(lines) + "\n")
    status = document("answer", "--run", folder, "--questions", questions, "--model", "b")
    assert "the answers of a were given to an earlier version" in status["notes"][0]
    assert len(rows(folder)) == 12
    done = document("answer", "--run", folder, "--model", "a")
    assert done["notes"] == []
    assert len(server.calls) == 6 + 6 + 2, "four of the questions are the same"


def test_what_must_be_said_is_said(tmp_path: Path, questions: Path) -> None:
    base = ("answer", "--run", tmp_path / "run", "--questions", questions)
    assert "--from-dump" in run(*base, code=2).stderr
    assert "no model named 'x'" in run(*base, "--model", "x", code=1).stderr
    assert "holds no dump" in run(*base, "--from-dump", code=1).stderr.replace("\n", " ")


def test_the_replies_of_the_dump_are_answers(tmp_path: Path) -> None:
    dump = tmp_path / "dump.jsonl"
    words = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"] * 3
    texts = [
        f"Please write a function number {n} that sorts the list {word} and explain its {word}"
        for n, word in enumerate(words)
    ]
    conversations = [
        {"conversation_id": f"c{n}", "model": f"prod-{n % 2}", "conversation": [
            {"role": "user", "content": text}, {"role": "assistant", "content": f"reply {n}"}]}
        for n, text in enumerate(texts)
    ]  # fmt: skip
    dump.write_text("\n".join(map(json.dumps, conversations)) + "\n")
    folder = tmp_path / "run"
    keys = ("embed.backend=tfidf", "ingest.near_duplicates=false", "sample.target=8",
            "sample.min_score=0", "sample.noise=include", "sample.max_share=1.0")  # fmt: skip
    run("curate", dump, "--run", folder, *[word for key in keys for word in ("--set", key)])
    asked = pq.read_table(folder / "questions.parquet").num_rows
    assert asked > 1
    done = document("answer", "--run", folder, "--from-dump")
    assert {row["model"] for row in done["models"]} <= {"prod-0", "prod-1"}
    assert sum(row["answers"] for row in done["models"]) == asked
    assert all(row["origin"] == "dump" for row in done["models"])
    assert all(row["text"].startswith("reply ") for row in rows(folder))
    one = document("answer", "--run", folder, "--from-dump", "--model", "prod-1")
    assert one["models"] == done["models"]
    production = document("answer", "--run", folder, "--from-dump", "--as", "production")
    (row,) = [row for row in production["models"] if row["model"] == "production"]
    assert row["answers"] == asked, "whatever answered in production is one contender"
    assert "for --from-dump" in run("answer", "--run", folder, "--model", "m", "--as", "x",
                                    code=2).stderr  # fmt: skip


def test_recorded_calls_travel_from_run_to_run(
    tmp_path: Path, questions: Path, server: ScriptedServer
) -> None:
    config, folder, other = declared(tmp_path, server.base_url, "m"), tmp_path / "a", tmp_path / "b"
    base = ("answer", "--questions", questions, "--model", "m", "--config", config)
    document(*base, "--run", folder)
    calls = tmp_path / "calls.jsonl"
    document("status", folder, "--calls", calls)
    lines = [json.loads(line) for line in calls.read_text().splitlines()]
    assert len(lines) == 6
    assert {line["model"] for line in lines} == {"m"}
    assert "stage" not in lines[0]
    added = document("release", "import-calls", calls, "--run", other)
    assert added["new"] == 6
    document(*base, "--run", other, "--offline")
    assert (other / "answers.parquet").read_bytes() == (folder / "answers.parquet").read_bytes()
    assert len(server.calls) == 6
    (total,) = document("status", other)["calls"]
    assert (total["stage"], total["calls"]) == (None, 6)
    assert "nothing, none was made" in run("status", other).stdout
    missing = run("status", other, "--calls", tmp_path / "no" / "calls.jsonl", code=1)
    assert "calls.jsonl" in missing.stderr
