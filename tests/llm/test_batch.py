"""The Batch API: out of order, half failed, expired, killed, refused."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchbuilder.errors import BudgetExceeded, CompletionError
from benchbuilder.llm.types import anything
from benchbuilder.observe import Silent
from tests.llm.batch_api import BROKEN, EXPIRED, BatchApi, Record, Start, started
from tests.llm.conftest import Open, OpenCache, Serve, requests
from tests.servers import answer, asked, failure


@pytest.fixture
def start() -> Iterator[Start]:
    yield from started()


@pytest.fixture
def open_batch(open_model: Open) -> Open:
    def open_one(api: BatchApi, **settings: Any) -> Any:
        return open_model(api.base_url, batch=True, batch_poll_seconds=0.01, **settings)

    return open_one


def text_of(request: Record) -> str:
    return f"re {request['body']['messages'][-1]['content']}"


GONE = failure(404, "no such batch")


def losing(api: BatchApi) -> BatchApi:
    """It takes batches, and knows none of them afterwards."""
    api.instead = lambda asked_for: GONE if asked_for.startswith("GET /v1/batches/") else None
    return api


def test_results_are_matched_by_id_and_kept(start: Start, open_batch: Open) -> None:
    api = start(lambda request, _: text_of(request), polls=3)
    completions = open_batch(api)(requests(20), accept=anything)
    assert [c.text for c in completions] == [f"re q{n}" for n in range(20)]
    assert len(api.batches) == 1
    again = open_batch(api)(requests(20), accept=anything)
    assert all(c.cached for c in again)
    assert len(api.batches) == 1


def test_half_failed_keeps_its_successes_and_asks_the_rest_again(
    start: Start, open_batch: Open
) -> None:
    def fate(request: Record, number: int) -> str | Record:
        odd = int(text_of(request)[-1]) % 2
        return BROKEN if odd and number == 0 else text_of(request)

    api = start(fate)
    completions = open_batch(api)(requests(10), accept=anything)
    assert all(c.status == "ok" for c in completions)
    asked = Counter(api.asked)
    assert [asked[f"q{n}"] for n in range(10)] == [1, 2] * 5


def test_an_expired_batch_keeps_what_it_answered(start: Start, open_batch: Open) -> None:
    def fate(request: Record, number: int) -> str | Record | None:
        if number == 0 and text_of(request) != "re q3":
            return EXPIRED if text_of(request) == "re q1" else None
        return text_of(request)

    api = start(fate, ends=("expired", "completed"))
    completions = open_batch(api)(requests(5), accept=anything)
    assert all(c.status == "ok" for c in completions)
    assert Counter(api.asked) == {"q0": 2, "q1": 2, "q2": 2, "q3": 1, "q4": 2}


def test_what_never_succeeds_is_given_up_for_this_run(start: Start, open_batch: Open) -> None:
    api = start(lambda request, _: text_of(request) if text_of(request) != "re q1" else None)
    completions = open_batch(api)(requests(3), accept=anything)
    assert [c.status for c in completions] == ["ok", "timeout", "ok"]
    assert len(api.batches) == 4


def test_outcomes_of_the_model_are_not_asked_again(start: Start, open_batch: Open) -> None:
    filtered = {"response": {"status_code": 400, "body": {"error": {"code": "content_filter",
                "message": "no"}}}, "error": None}  # fmt: skip
    api = start(lambda request, _: filtered if text_of(request) == "re q1" else text_of(request))
    completions = open_batch(api)(requests(3), accept=lambda t: "bad" if "q2" in t else None)
    assert [c.status for c in completions] == ["ok", "content_filter", "parse_error"]
    assert len(api.batches) == 1


def test_a_cut_creation_is_found_again_not_repeated(start: Start, open_batch: Open) -> None:
    api = start(lambda request, _: text_of(request))
    api.cut_next_creation = True
    completions = open_batch(api)(requests(4), accept=anything)
    assert all(c.status == "ok" for c in completions)
    assert len(api.batches) == 1


def test_a_batch_that_nobody_needs_any_more_is_not_waited_for(
    start: Start, open_batch: Open, serve: Serve, open_model: Open
) -> None:
    """It got lost; its questions were answered one by one; then a batch asks for others."""
    api = losing(start(lambda request, _: text_of(request)))
    with pytest.raises(CompletionError, match="no such batch"):
        open_batch(api)(requests(3), accept=anything)
    server = serve(lambda body, _: answer(f"re {asked(body)}"))
    open_model(server.base_url)(requests(3), accept=anything)
    api.instead = lambda asked_for: GONE if "batch-0" in asked_for else None
    completions = open_batch(api)(requests(5), accept=anything)
    assert [c.text for c in completions] == [f"re q{n}" for n in range(5)]
    assert Counter(api.asked) == {"q3": 1, "q4": 1}


def test_a_refused_batch_stops_the_run_and_the_next_run_submits_anew(
    start: Start, open_batch: Open
) -> None:
    api = start(lambda request, _: text_of(request), ends=("failed", "completed"))
    with pytest.raises(CompletionError, match="no such model"):
        open_batch(api)(requests(4), accept=anything)
    assert open_batch(api)(requests(4), accept=anything)[0].status == "ok"


def test_unsupported_fields_are_left_out_the_second_time(start: Start, open_batch: Open) -> None:
    told = {"error": {"message": "Unsupported value", "param": "temperature"}}
    refused = {"response": {"status_code": 400, "body": told}, "error": None}
    api = start(lambda r, _: refused if "temperature" in r["body"] else text_of(r))
    assert open_batch(api)(requests(4), accept=anything)[0].status == "ok"
    assert len(api.batches) == 2


def test_the_budget_holds_for_batches(start: Start, open_batch: Open, observe: Silent) -> None:
    api = start(lambda request, _: text_of(request))
    price = {"input_usd_per_million": 0.0, "output_usd_per_million": 1e6, "max_tokens": 10}
    with pytest.raises(BudgetExceeded):
        open_batch(api, max_cost_usd=34, **price)(requests(30), accept=anything)
    # The first batch is as large as the limit lets it be at worst. It cost half of that; what is
    # left would pay for one call, and no batch of one call is worth its wait.
    assert len(api.asked) == len(set(api.asked)) == 3


PROGRAM = """
import sys
from pathlib import Path
from benchbuilder.settings import ModelSettings
from benchbuilder.llm.client import open_client
from benchbuilder.llm.types import Request
from benchbuilder.observe import Silent

settings = ModelSettings(base_url=sys.argv[1], batch_poll_seconds=0.05)
requests = [Request(f"q{n}", ({"role": "user", "content": f"q{n}"},)) for n in range(10)]
with open_client(
    "m", settings, cache_path=Path(sys.argv[2]), batch=True, observe=Silent()
) as complete:
    completions = complete(requests, accept=lambda text: None)
assert [c.text for c in completions] == [f"re {r.id}" for r in requests]
"""


def test_a_killed_run_is_picked_up_and_nothing_submitted_twice(
    start: Start, tmp_path: Path
) -> None:
    api = start(lambda request, _: text_of(request), polls=1_000_000)
    command = [sys.executable, "-c", PROGRAM, api.base_url, str(tmp_path / "c.sqlite")]
    first = subprocess.Popen(command)
    while len(api.looks) < 2:
        time.sleep(0.01)
    first.kill()
    first.wait()
    with closing(sqlite3.connect(tmp_path / "c.sqlite")) as db:
        assert db.execute("SELECT batch_id FROM batches").fetchall() == [("batch-0",)]
        db.execute("UPDATE batches SET batch_id = NULL")  # as if killed before the id came back
        db.commit()
    api.polls = 0
    subprocess.run(command, check=True, timeout=60)
    assert len(api.batches) == 1


def test_a_batch_of_another_stage_is_kept_as_that_stage_asked_it(
    start: Start, open_batch: Open, open_cache: OpenCache, tmp_path: Path
) -> None:
    """Its run ended before it was over; then another stage asks the same model something else."""
    api = losing(start(lambda request, _: text_of(request)))
    with pytest.raises(CompletionError, match="no such batch"):
        open_batch(api, stage="annotate")(requests(3), accept=anything)
    api.instead = lambda asked_for: None
    open_batch(api, stage="judge")(
        requests(2, start=3), accept=lambda text: None if text in ("re q3", "re q4") else "bad"
    )
    totals = open_cache(tmp_path / "completions.sqlite").totals()
    assert [(t.stage, t.calls, t.final) for t in totals] == [("annotate", 3, 3), ("judge", 2, 2)]
    assert all(c.cached for c in open_batch(api)(requests(5), accept=anything))
