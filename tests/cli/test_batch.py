"""``batch: true`` on annotate, answer and judge, against a Batch API on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from benchbuilder.digests import file_digest
from benchbuilder.resources import template_path
from tests.cli.commands import demo_dump, run
from tests.llm.batch_api import BROKEN, EXPIRED, BatchApi, Record, Start, started

COUNT = 12


@pytest.fixture
def start() -> Iterator[Start]:
    yield from started()


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    return demo_dump(tmp_path, part="part_c", first=20, count=COUNT)


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    rows = [{"question_id": f"q{n:02}", "text": f"What is {n} plus {n}?"} for n in range(COUNT)]
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    rows = [
        {"question_id": f"q{n:02}", "model": model, "text": f"{model} says {2 * n}."}
        for model in ("plain", "other")
        for n in range(COUNT)
    ]
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def config(tmp_path: Path, api: BatchApi, *, poll_seconds: float = 0.02) -> Path:
    """Batches for every stage; a call costs 10 + 5 tokens at $1000 a million, that is $0.015."""
    model = {
        "base_url": api.base_url,
        "batch_poll_seconds": poll_seconds,
        "input_usd_per_million": 1000.0,
        "output_usd_per_million": 1000.0,
        "max_tokens": 5,
    }
    settings = {
        "models": {"m": model},
        "embed": {"backend": "tfidf", "dimensions": 8},
        "annotate": {"annotator": "m", "batch": True},
        "answer": {"batch": True},
        "judge": {"judge": "m", "batch": True, "baseline": "plain"},
    }
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(settings))
    return path


def text_of(request: Record) -> str:
    text: str = request["body"]["messages"][-1]["content"]
    return text


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return rows


def totals(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("status", folder, "--json").stdout)["calls"]
    return found


def test_annotate_asks_again_for_the_half_that_failed(
    tmp_path: Path, dump: Path, start: Start
) -> None:
    def fate(request: Record, number: int) -> str | Record:
        first_half = number == 0 and request["custom_id"] < "8"  # digests: half of them
        return BROKEN if first_half else '{"reason": "r", "criteria": [1, 2]}'

    api, folder = start(fate), tmp_path / "run"
    arguments = ("curate", dump, "--config", config(tmp_path, api), "--run", folder)
    done = run(*arguments, "--until", "annotate")
    rows = rows_of(folder, "annotations")
    assert {row["status"] for row in rows} == {"ok"}
    assert {row["quality_score"] for row in rows} == {2}
    assert len(api.batches) == 2
    assert "batch-0" in done.stderr and "it may take a day" in " ".join(done.stderr.split())
    times = Counter(api.asked)
    assert len(times) == len(rows)
    assert set(times.values()) == {1, 2}
    (total,) = totals(folder)
    assert (total["stage"], total["model"], total["calls"]) == ("annotate", "m", len(rows))
    assert total["cost_usd"] == pytest.approx(len(rows) * 0.015)
    assert (total["unpriced"], total["uncounted"]) == (0, 0)
    shown = run("status", folder).stdout
    assert "Calls to models" in shown
    assert f"${len(rows) * 0.015:.4f}" in shown


def test_answer_keeps_what_an_expired_batch_brought(
    tmp_path: Path, questions: Path, start: Start
) -> None:
    def fate(request: Record, number: int) -> str | Record | None:
        done = text_of(request) in ("What is 3 plus 3?", "What is 7 plus 7?")
        if number == 0 and not done:
            return EXPIRED if "1 plus 1?" in text_of(request) else None
        return f"re {text_of(request)}"

    api, folder = start(fate, ends=("expired", "completed")), tmp_path / "run"
    base = ("answer", "--model", "m", "--run", folder, "--config", config(tmp_path, api))
    run(*base, "--questions", questions)
    rows = {row["question_id"]: row for row in rows_of(folder, "answers")}
    assert {key: row["text"] for key, row in rows.items()} == {
        f"q{n:02}": f"re What is {n} plus {n}?" for n in range(COUNT)
    }
    assert Counter(Counter(api.asked).values()) == {1: 2, 2: COUNT - 2}
    before, batches = (folder / "answers.parquet").read_bytes(), len(api.batches)
    run(*base, "--offline")
    run(*base)
    assert (folder / "answers.parquet").read_bytes() == before
    assert len(api.batches) == batches == 2


def test_what_no_batch_answers_is_asked_for_by_the_next_run(
    tmp_path: Path, questions: Path, start: Start
) -> None:
    broken = True

    def fate(request: Record, number: int) -> str | Record | None:
        del number
        return None if broken and "4 plus 4?" in text_of(request) else "an answer"

    api, folder = start(fate), tmp_path / "run"
    base = ("answer", "--model", "m", "--run", folder, "--config", config(tmp_path, api))
    run(*base, "--questions", questions, code=3)
    assert Counter(row["status"] for row in rows_of(folder, "answers")) == {
        "ok": COUNT - 1,
        "timeout": 1,
    }
    broken, before = False, len(api.asked)
    run(*base)
    assert {row["status"] for row in rows_of(folder, "answers")} == {"ok"}
    assert api.asked[before:] == ["What is 4 plus 4?"]


def test_judge_goes_on_with_the_batch_of_a_run_that_was_killed(
    tmp_path: Path, questions: Path, answers: Path, start: Start
) -> None:
    api, folder = start(lambda request, _: "Fine. [[A>B]]"), tmp_path / "run"
    arguments = ["judge", answers, "--questions", questions, "--run", folder]
    waiting = ["--config", config(tmp_path, api, poll_seconds=600)]
    killed = subprocess.Popen(
        [sys.executable, "-m", "benchbuilder", *map(str, arguments + waiting)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not api.looks and killed.poll() is None:
        time.sleep(0.02)
    killed.kill()
    killed.wait()
    assert len(api.batches) == 1
    assert not (folder / "judgments.parquet").exists()

    run(*arguments, "--config", config(tmp_path, api))
    games = rows_of(folder, "judgments")
    assert len(games) == 2 * COUNT
    assert {(row["verdict"], row["status"]) for row in games} == {("A>B", "ok")}
    assert len(api.batches) == 1
    assert set(Counter(api.asked).values()) == {1}
    (total,) = totals(folder)
    assert (total["stage"], total["calls"], total["final"]) == ("judge", 2 * COUNT, 2 * COUNT)
    page = tmp_path / "report.html"
    run("report", folder, "--html", page)
    text = page.read_text(encoding="utf-8")
    assert "Calls to language models" in text
    assert f"<td>{2 * COUNT}</td><td>240</td><td>120</td><td>$0.3600</td>" in text
    assert "prompt template of judge" in text
    assert file_digest(template_path("judge")) in text


def test_a_refused_batch_is_one_message_and_a_budget_holds(
    tmp_path: Path, questions: Path, answers: Path, start: Start
) -> None:
    api = start(lambda request, _: "[[B>A]]", ends=("failed", "completed"))
    folder = tmp_path / "run"
    arguments = ("judge", answers, "--questions", questions, "--run", folder)
    base = (*arguments, "--config", config(tmp_path, api))
    refused = run(*base, code=1)
    assert "batch batch-0 was refused: no such model" in refused.stderr
    poor = run(*base, "--max-cost-usd", "2", code=1)
    assert "the next batch of 3 calls may cost" in " ".join(poor.stderr.split())
    assert "--max-cost-usd" in poor.stderr
    assert not (folder / "judgments.parquet").exists()
    assert api.asked == []
    run(*base)
    assert set(Counter(api.asked).values()) == {1}
    assert len(api.asked) == 2 * COUNT
