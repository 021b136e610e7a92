"""A cascade, two stages and a panel from the command line, against a server on loopback."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from benchbuilder.resources import demo_path
from tests.cli.commands import run
from tests.servers import Body, Reply, ScriptedServer, answer, asked, scripted

PROMPTS = 80


def judge(body: Body, number: int) -> Reply:
    """Long prompts meet six criteria, for two of the models five."""
    long = len(asked(body)) > 420
    met = {"strict": 5, "cheap": 5}.get(body["model"], 6) if long else 1
    return answer(str(list(range(1, met + 1))))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted(judge) as running:
        yield running


@pytest.fixture(scope="module")
def clustered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cascade")
    lines = (demo_path() / "part_b.jsonl").read_text(encoding="utf-8").splitlines()[:PROMPTS]
    (folder / "chats.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    light = ("--set", "embed.backend=tfidf", "--set", "embed.dimensions=16")
    run("curate", folder / "chats.jsonl", "--run", folder / "run", *light, "--until", "cluster")
    return folder / "run"


@pytest.fixture
def folder(clustered: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(clustered, tmp_path / "run"))


def config(folder: Path, server: ScriptedServer, **annotate: Any) -> Path:
    own = yaml.safe_load((folder / "config.yaml").read_text())
    model = {"base_url": server.base_url, "concurrency": 4, "max_attempts": 1}
    own["models"] = {"m": model, "strict": model, "cheap": model}
    own["annotate"] |= {"annotator": "m", **annotate}
    own["sample"] |= {"max_share": 1, "target": 5, "min_score_floor": 5}
    path = folder.parent / "cascade.yaml"
    path.write_text(yaml.safe_dump(own))
    return path


def stage(done: Any, name: str) -> dict[str, Any]:
    stages: list[dict[str, Any]] = json.loads(done.stdout)["stages"]
    return next(s for s in stages if s["stage"] == name)


def annotations(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "annotations.parquet").to_pylist()
    return rows


def test_a_cascade_stops_early_and_only_what_was_asked_enters(
    folder: Path, server: ScriptedServer
) -> None:
    file = config(folder, server, cascade={"enabled": True, "max_share": 0.6, "audit_share": 0.1})
    done = run("curate", "--run", folder, "--config", file, "--from", "annotate", "--json")
    figures = stage(done, "annotate")["figures"]["cascade"]
    rows = annotations(folder)
    statuses = Counter(row["status"] for row in rows)
    assert statuses["ok"] == len(server.calls) == figures["calls"]
    assert statuses["not_asked"] == len(rows) - len(server.calls) > 0
    assert figures["found"] >= 10  # two for each of the five questions
    ok = {row["prompt_id"] for row in rows if row["status"] == "ok"}
    chosen = set(pq.read_table(folder / "questions.parquet")["question_id"].to_pylist())
    assert len(chosen) == 5
    assert chosen <= ok
    reasons = Counter(pq.read_table(folder / "selection.parquet")["reason"].to_pylist())
    assert reasons["not_asked"] == statuses["not_asked"]
    calls = len(server.calls)
    again = run("curate", "--run", folder, "--from", "annotate", "--json")
    assert stage(again, "annotate")["state"] == "current"
    (folder / "annotations.parquet").unlink()
    run("annotate", "--run", folder, "--offline")  # every answer is recorded
    assert len(server.calls) == calls
    assert annotations(folder) == rows


def test_failures_of_a_cascade_are_asked_again(folder: Path, server: ScriptedServer) -> None:
    server.script = lambda body, number: (
        answer("I cannot say.") if number < 12 else judge(body, number)
    )
    file = config(
        folder,
        server,
        cascade={"enabled": True, "max_share": 0.5, "spare": None},
        max_failure_rate=0.1,
    )
    done = run("annotate", "--run", folder, "--config", file, "--json", code=3)
    assert stage(done, "annotate")["state"] == "incomplete"
    run("annotate", "--run", folder)
    assert {row["status"] for row in annotations(folder)} == {"ok", "not_asked"}


def test_two_stages_ask_the_strong_model_about_what_passed(
    folder: Path, server: ScriptedServer
) -> None:
    first = {"annotator": "cheap", "min_score": 5, "min_cluster_score": 0}
    file = config(folder, server, first=first)
    run("annotate", "--run", folder, "--config", file)
    by_model = Counter(body["model"] for body in server.calls)
    rows = annotations(folder)
    passed = sum(row["annotator"] == "cheap" and row["quality_score"] >= 5 for row in rows)
    assert by_model == {"cheap": len(rows) / 2, "m": passed}
    run("sample", "--run", folder)  # the cheap one has no vote
    reasons = pq.read_table(folder / "selection.parquet")["reason"].to_pylist()
    assert reasons.count("not_asked") == len(rows) / 2 - passed
    scores = set(pq.read_table(folder / "questions.parquet")["quality_score"].to_pylist())
    assert scores == {6}


def test_a_panel_votes(folder: Path, server: ScriptedServer) -> None:
    file = config(folder, server, panel=["strict", "local"])
    run("curate", "--run", folder, "--config", file, "--from", "annotate")
    assert {row["annotator"] for row in annotations(folder)} == {"m", "strict", "local"}
    document = json.loads(run("validate", "annotator", "--run", folder, "--json").stdout)
    assert len(document["agreement"]) == 3


def test_a_cascade_without_a_model_says_what_to_do(folder: Path) -> None:
    done = run("annotate", "--run", folder, "--set", "annotate.cascade.enabled=true", code=1)
    assert "annotate.annotator=openai" in done.stderr


def test_a_dry_run_counts_the_calls_of_a_cascade(folder: Path, server: ScriptedServer) -> None:
    file = config(folder, server, cascade={"enabled": True, "max_share": 0.5})
    done = run("annotate", "--run", folder, "--config", file, "--dry-run", "--json")
    prompts = pq.read_table(folder / "prompts.parquet").num_rows
    (calls,) = json.loads(done.stdout)["calls"]
    assert server.calls == []
    assert calls["calls"] == -(-prompts // 2)
    assert "the most it may ask" in json.loads(done.stdout)["notes"][0]
