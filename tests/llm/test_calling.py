"""One call that fails: each failure has its status, its number of tries, its end of the run."""

from __future__ import annotations

import json
import socket
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchbuilder.errors import (
    AuthenticationFailed,
    BudgetExceeded,
    CompletionError,
    QuotaExhausted,
)
from benchbuilder.llm import endpoint
from benchbuilder.llm.recordings import export_completions
from benchbuilder.llm.types import Request, anything
from benchbuilder.observe import Silent
from tests.llm.conftest import Open, OpenCache, Serve, requests
from tests.servers import (
    Body,
    Reply,
    answer,
    asked,
    failure,
    free_port,
    scripted,
)


@pytest.mark.parametrize(
    ("reply", "status", "calls"),
    [
        (answer(""), "empty", 1),
        (answer(None, finish="length"), "truncated", 1),
        (answer("half of", finish="length"), "truncated", 1),
        (answer(None, refusal="I will not."), "refused", 1),
        (answer(None, reasoning_content="hm"), "reasoning_only", 1),
        (answer("<think>never ends"), "reasoning_only", 1),
        (answer("x", finish="content_filter"), "content_filter", 1),
        (failure(400, "blocked by content management policy", code="content_filter"),
         "content_filter", 1),
        (failure(400, "maximum context length is 8192 tokens"), "context_overflow", 1),
        (failure(400, "no idea what you want"), "bad_request", 1),
        (Reply(200, '{"error": {"message": "upstream broke"}}'), "bad_response", 2),
        (Reply(200, "<html>Welcome</html>"), "bad_response", 2),
        (Reply(200, '{"choices": [{"mess'), "bad_response", 2),
        (Reply(200, answer("long text").body, cut_after=30), "server_error", 3),
        (failure(500, "no", headers={"retry-after-ms": "1"}), "server_error", 3),
        (failure(408, "slow", headers={"retry-after-ms": "1"}), "timeout", 3),
        (failure(409, "busy", headers={"retry-after-ms": "1"}), "server_error", 3),
    ],
)  # fmt: skip
def test_each_failure_has_its_status_and_bounded_calls(
    serve: Serve, open_model: Open, reply: Reply, status: str, calls: int
) -> None:
    server = serve(lambda body, _: reply if asked(body) == "q1" else answer("fine"))
    model = open_model(server.base_url, max_attempts=3)
    completions = model(requests(3), accept=anything)
    assert [c.status for c in completions] == ["ok", status, "ok"]
    assert Counter(asked(body) for body in server.calls) == {"q0": 1, "q1": calls, "q2": 1}
    if status not in ("content_filter", "context_overflow"):
        rerun = open_model(server.base_url, max_attempts=1)(requests(3), accept=anything)
        assert rerun[1].status == status
        assert rerun[1].cached == (status == "truncated")


def test_a_call_that_hangs_is_a_timeout(serve: Serve, open_model: Open) -> None:
    def script(body: Body, number: int) -> Reply:
        reply = answer("slow")
        return reply if number == 0 else Reply(200, reply.body, drip_seconds=0.05)

    server = serve(script)
    model = open_model(server.base_url, timeout_seconds=0.4, max_attempts=1)
    completions = model(requests(2), accept=anything)
    assert [c.status for c in completions] == ["ok", "timeout"]


def test_a_long_retry_after_stops_the_run(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, n: failure(429, "tomorrow", headers={"retry-after": "3600"}))
    with pytest.raises(CompletionError, match="3600 s"):
        open_model(server.base_url)(requests(5), accept=anything)
    assert len(server.calls) == 1


def test_no_quota_stops_the_run_at_once_and_keeps_the_rest(serve: Serve, open_model: Open) -> None:
    broke = failure(429, "You exceeded your current quota", code="insufficient_quota")
    server = serve(lambda body, n: answer("x") if n < 10 else broke)
    with pytest.raises(QuotaExhausted, match="quota") as stopped:
        open_model(server.base_url, concurrency=4)(requests(100), accept=anything)
    assert stopped.value.hint is not None
    assert 10 < len(server.calls) <= 14
    server.script = lambda body, n: answer("x")
    before = len(server.calls)
    completions = open_model(server.base_url)(requests(100), accept=anything)
    assert all(c.status == "ok" for c in completions)
    assert len(server.calls) - before == 90


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_fails_on_the_first_call(
    serve: Serve, open_model: Open, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setenv("A_KEY", "sk-very-secret-123")
    server = serve(lambda body, _: failure(status, "bad key sk-very-secret-123"))
    with pytest.raises(AuthenticationFailed) as stopped:
        open_model(server.base_url, api_key_env="A_KEY")(requests(50), accept=anything)
    assert len(server.calls) == 1
    assert "export A_KEY=…" in str(stopped.value.hint)
    assert server.headers[0]["authorization"] == "Bearer sk-very-secret-123"
    assert "very-secret" not in str(stopped.value)


def test_a_server_that_wants_a_key_where_none_is_declared(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, _: failure(401, "who are you"))
    with pytest.raises(AuthenticationFailed) as stopped:
        open_model(server.base_url)(requests(2), accept=anything)
    assert "models.m.api_key_env" in str(stopped.value.hint)


def test_a_wrong_url_or_model_fails_on_the_first_call(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, _: failure(404, "the model `m` does not exist"))
    with pytest.raises(CompletionError, match="no such model") as stopped:
        open_model(server.base_url)(requests(50), accept=anything)
    assert "/v1" in str(stopped.value.hint)
    assert len(server.calls) == 1


def test_nobody_there_fails_in_a_second(open_model: Open) -> None:
    with pytest.raises(CompletionError, match="no connection") as stopped:
        open_model(f"http://127.0.0.1:{free_port()}/v1")(requests(50), accept=anything)
    assert "base_url" in str(stopped.value.hint)


def test_a_host_that_takes_no_connection_is_not_waited_for_as_for_an_answer(
    open_model: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong address or a firewall: packets get lost, and nobody says no."""
    monkeypatch.setattr(endpoint, "_CONNECT_SECONDS", 0.2)
    with ExitStack() as stack:
        host = stack.enter_context(socket.socket())
        host.bind(("127.0.0.1", 0))
        host.listen(0)
        for _ in range(4):  # whose queue is full
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(host.getsockname())
        began = time.monotonic()
        with pytest.raises(CompletionError, match="no connection"):
            open_model(f"http://127.0.0.1:{host.getsockname()[1]}/v1")(
                requests(50), accept=anything
            )
        assert time.monotonic() - began < 10


def test_call_after_call_that_fails_stops_the_run(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, _: failure(500, "broken", headers={"retry-after-ms": "1"}))
    with pytest.raises(CompletionError, match="3 calls in a row failed"):
        open_model(server.base_url)(requests(50), accept=anything)
    assert len(server.calls) == 6


def test_unsupported_parameters_are_adapted_once_and_remembered(
    serve: Serve, open_model: Open, observe: Silent, open_cache: OpenCache, tmp_path: Path
) -> None:
    def script(body: Body, number: int) -> Reply:
        if "temperature" in body:
            return failure(400, "Unsupported value", param="temperature", code="unsupported_value")
        if "max_tokens" in body:
            told = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            return failure(400, told, code="unsupported_parameter")
        return answer("x")

    server = serve(script)
    completions = open_model(server.base_url)(requests(10), accept=anything)
    assert all(c.status == "ok" for c in completions)
    assert len(server.calls) == 12
    assert server.calls[-1]["max_completion_tokens"] == 2048
    assert len(observe.notes) == 2
    open_model(server.base_url)(requests(1, start=10), accept=anything)
    assert len(server.calls) == 13
    export_completions(open_cache(tmp_path / "completions.sqlite"), tmp_path / "calls.jsonl")
    lines = map(json.loads, (tmp_path / "calls.jsonl").read_text().splitlines())
    assert {line["adapted"] for line in lines} == {"max_tokens,temperature"}


def test_several_endpoints_share_the_work_and_a_dead_one_is_set_aside(
    serve: Serve, open_model: Open
) -> None:
    one, two = serve(lambda body, _: answer("1")), serve(lambda body, _: answer("2"))
    dead = f"http://127.0.0.1:{free_port()}/v1"
    model = open_model((one.base_url, dead, two.base_url), concurrency=4)
    completions = model(requests(60), accept=anything)
    assert all(c.status == "ok" for c in completions)
    assert len(one.calls) + len(two.calls) == 60
    assert min(len(one.calls), len(two.calls)) > 20


@pytest.mark.parametrize("alive_at", [0, 1, 2])
def test_one_endpoint_of_three_is_enough_from_the_first_call_on(
    serve: Serve, open_model: Open, alive_at: int
) -> None:
    urls = [f"http://127.0.0.1:{free_port()}/v1" for _ in range(3)]
    server = serve(lambda body, _: answer("x"))
    urls[alive_at] = server.base_url
    model = open_model(tuple(urls), max_attempts=1, concurrency=4)
    completions = model(requests(12), accept=anything)
    assert all(c.status == "ok" for c in completions)
    assert len(server.calls) == 12


def test_an_endpoint_that_was_set_aside_is_tried_again_later(
    serve: Serve, open_model: Open
) -> None:
    port = free_port()
    one = serve(lambda body, _: answer("1"))
    model = open_model((one.base_url, f"http://127.0.0.1:{port}/v1"), concurrency=2)
    model(requests(20), accept=anything)
    assert len(one.calls) == 20
    with scripted(lambda body, _: answer("2"), port=port) as back:
        model(requests(10, start=20), accept=anything)
        assert len(back.calls) == 0
        assert model._caller is not None
        model._caller.endpoints[1]._back_at = 0.0  # as if its time had passed
        model(requests(10, start=30), accept=anything)
        assert len(back.calls) == 5


def test_the_budget_is_a_hard_stop_that_keeps_everything(
    serve: Serve, open_model: Open, observe: Silent
) -> None:
    server = serve(lambda body, _: answer("x"))
    price = {"input_usd_per_million": 0.0, "output_usd_per_million": 1e6, "max_tokens": 5}
    with pytest.raises(BudgetExceeded, match=r"\$50") as stopped:
        open_model(server.base_url, max_cost_usd=52, **price)(requests(30), accept=anything)
    assert "--max-cost-usd" in str(stopped.value.hint)
    assert len(server.calls) == 10
    assert observe.figures["cost_usd"] == 50.0
    completions = open_model(server.base_url, **price)(requests(30), accept=anything)
    assert len(server.calls) == 30
    assert completions[0].cost_usd == 5.0


def test_missing_usage_is_unknown_not_free(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, _: answer("x", usage=False))
    price = {"input_usd_per_million": 1.0, "output_usd_per_million": 1.0}
    completions = open_model(server.base_url, **price)(requests(1), accept=anything)
    assert completions[0].status == "ok"
    assert (completions[0].cost_usd, completions[0].tokens) == (None, None)


def test_a_server_that_knows_no_schema_is_asked_without(serve: Serve, open_model: Open) -> None:
    def script(body: Body, number: int) -> Reply:
        if "response_format" in body:
            return failure(400, "response_format json_schema is not supported by this model")
        return answer("x")

    server = serve(script)
    question = Request("a", ({"role": "user", "content": "q"},), schema={"type": "object"})
    assert open_model(server.base_url)([question], accept=anything)[0].status == "ok"
    assert len(server.calls) == 2
