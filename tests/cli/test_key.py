"""The key of a model is nowhere but in the requests: not in the run folder, the config, what is
printed, or a traceback, whatever fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.cli.commands import Finished, run
from tests.llm.test_secrets import FAILURES, KEY
from tests.servers import Body, Reply, scripted


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    rows = [{"question_id": f"q{n}", "text": f"What is {n}?"} for n in range(3)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def config(tmp_path: Path, base_url: str, *, batch: bool) -> Path:
    model = {"base_url": base_url, "api_key_env": "A_KEY", "max_attempts": 1}
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({"models": {"m": model}, "answer": {"batch": batch}}))
    return path


def nowhere(folder: Path, *done: Finished) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "completions.sqlite" for path in files)
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    assert not any(KEY in text for each in done for text in (each.stdout, each.stderr))


CASES = [(reply, False) for reply in FAILURES]
CASES += [(reply, True) for reply in FAILURES if reply.status in (200, 401)]


@pytest.mark.parametrize(
    ("reply", "batch"),
    CASES,
    ids=lambda value: f"{value.status}-{value.body[:30]}" if isinstance(value, Reply) else None,
)
def test_a_server_that_echoes_the_key(
    tmp_path: Path,
    questions: Path,
    monkeypatch: pytest.MonkeyPatch,
    reply: Reply,
    batch: bool,
) -> None:
    monkeypatch.setenv("A_KEY", KEY)

    def script(body: Body, number: int) -> Reply:
        return reply

    with scripted(script) as server:
        settings = config(tmp_path, server.base_url, batch=batch)
        folder = tmp_path / "run"
        arguments = ("answer", "--questions", questions, "--model", "m", "--run", folder)
        done = run(*arguments, "--config", settings, "--json", code=None)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    nowhere(tmp_path, done, run("status", folder))
