"""The client against a real HTTP server that misbehaves: every call is counted."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest
import stamina

from benchbuilder.errors import (
    AuthenticationFailed,
    BudgetExceeded,
    CompletionError,
    NotInCache,
    QuotaExhausted,
)
from benchbuilder.llm.types import Request
from benchbuilder.observe import Silent
from tests.llm.conftest import Open, Serve, anything, requests
from tests.servers import (
    Body,
    Reply,
    ScriptedServer,
    answer,
    asked,
    failure,
    free_port,
    scripted,
)


def test_every_request_gets_its_own_answer(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, _: answer(f"re {asked(body)}"))
    completions = open_model(server.base_url)(requests(50), accept=anything)
    assert [c.id for c in completions] == [f"q{n}" for n in range(50)]
    assert all(c.text == f"re {c.id}" and c.status == "ok" for c in completions)
    assert completions[0].tokens == 15
    assert len(server.calls) == 50


def test_a_rerun_is_free(serve: Serve, open_model: Open, observe: Silent) -> None:
    server = serve(lambda body, _: answer("x"))
    first = open_model(server.base_url)(requests(5), accept=anything)
    again = open_model(server.base_url)(requests(5), accept=anything)
    assert len(server.calls) == 5
    assert not first[0].cached
    assert all(c.cached for c in again)


def test_equal_questions_are_paid_once(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, _: answer("x"))
    message = ({"role": "user", "content": "same"},)
    twins = [Request("a", message), Request("b", message), Request("c", message, sample=1)]
    completions = open_model(server.base_url)(twins, accept=anything)
    assert [c.id for c in completions] == ["a", "b", "c"]
    assert len(server.calls) == 2


def test_only_failed_items_are_asked_again(serve: Serve, open_model: Open) -> None:
    bad = {"q1", "q3"}
    server = serve(lambda body, n: answer(None if asked(body) in bad and n < 5 else "fine"))
    first = open_model(server.base_url)(requests(5), accept=anything)
    assert [c.status for c in first] == ["ok", "empty", "ok", "empty", "ok"]
    again = open_model(server.base_url)(requests(5), accept=anything)
    assert all(c.status == "ok" for c in again)
    assert sorted(asked(body) for body in server.calls[5:]) == ["q1", "q3"]


def test_an_unusable_text_is_an_attempt_until_a_parser_takes_it(
    serve: Serve, open_model: Open
) -> None:
    server = serve(lambda body, _: answer("forty-two"))
    strict = open_model(server.base_url)(requests(1), accept=lambda text: "no number")
    assert (strict[0].status, strict[0].detail) == ("parse_error", "no number")
    open_model(server.base_url)(requests(1), accept=lambda text: "no number")
    assert len(server.calls) == 2
    better = open_model(server.base_url)(requests(1), accept=anything)
    assert (better[0].status, better[0].cached, len(server.calls)) == ("ok", True, 2)


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


def test_a_cut_answer_is_asked_again_only_where_that_can_help(
    serve: Serve, open_model: Open
) -> None:
    server = serve(lambda body, _: answer("half of", finish="length"))
    for settings, calls in (({}, 1), ({}, 1), ({"max_tokens": 9000}, 2), ({"temperature": 1}, 3),
                            ({"temperature": 1}, 4)):  # fmt: skip
        completions = open_model(server.base_url, **settings)(requests(1), accept=anything)
        assert completions[0].status == "truncated"
        assert len(server.calls) == calls


def test_a_text_that_is_turned_down_today_is_asked_again(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, n: answer(f"answer {n}"))

    def strict(text: str) -> str | None:
        return "too old" if text == "answer 0" else None

    assert open_model(server.base_url)(requests(1), accept=anything)[0].text == "answer 0"
    for _ in range(2):
        completions = open_model(server.base_url)(requests(1), accept=strict)
        assert (completions[0].status, completions[0].text) == ("ok", "answer 1")
    assert len(server.calls) == 2
    offline = open_model(None, offline=True)(requests(1), accept=lambda text: "no")
    assert (offline[0].status, offline[0].detail) == ("parse_error", "no")


def test_outcomes_that_asking_cannot_change_are_final(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, _: failure(400, "filtered", code="content_filter"))
    for _ in range(2):
        completions = open_model(server.base_url)(requests(1), accept=anything)
        assert completions[0].status == "content_filter"
    assert len(server.calls) == 1


def test_a_call_that_hangs_is_a_timeout(serve: Serve, open_model: Open) -> None:
    def script(body: Body, number: int) -> Reply:
        reply = answer("slow")
        return reply if number == 0 else Reply(200, reply.body, drip_seconds=0.05)

    server = serve(script)
    model = open_model(server.base_url, timeout_seconds=0.4, max_attempts=1)
    completions = model(requests(2), accept=anything)
    assert [c.status for c in completions] == ["ok", "timeout"]


def test_retry_after_is_honoured_by_all_workers(serve: Serve, open_model: Open) -> None:
    limited = failure(429, "slow down", headers={"retry-after-ms": "400"})
    server = serve(lambda body, n: limited if n == 5 else answer("x"))
    completions = open_model(server.base_url, concurrency=4)(requests(30), accept=anything)
    assert all(c.status == "ok" for c in completions)
    assert len(server.calls) == 31
    gap = max(b - a for a, b in zip(server.times, server.times[1:], strict=False))
    assert 0.3 < gap < 1.0


def test_a_storm_of_rate_limits_ends_with_each_item_done_once(
    serve: Serve, open_model: Open
) -> None:
    limited = failure(429, "slow down", headers={"retry-after-ms": "20"})
    server = serve(lambda body, n: limited if n % 10 > 2 else answer(asked(body)))
    completions = open_model(server.base_url)(requests(60), accept=anything)
    assert all(c.status == "ok" and c.text == c.id for c in completions)
    answered = [asked(b) for n, b in enumerate(server.calls) if n % 10 <= 2]
    assert sorted(answered) == sorted(f"q{n}" for n in range(60))


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
    assert server.headers[0]["authorization"] == "Bearer sk-very-secret-123"
    assert "very-secret" not in str(stopped.value)


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


def test_call_after_call_that_fails_stops_the_run(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, _: failure(500, "broken", headers={"retry-after-ms": "1"}))
    with pytest.raises(CompletionError, match="3 calls in a row failed"):
        open_model(server.base_url)(requests(50), accept=anything)
    assert len(server.calls) == 6


def test_unsupported_parameters_are_adapted_once_and_remembered(
    serve: Serve, open_model: Open, observe: Silent
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


def test_offline_replays_and_names_what_is_missing(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, n: answer("x") if asked(body) != "q1" else answer(None))
    live = open_model(server.base_url)(requests(3), accept=anything)
    replayed = open_model(None, offline=True)(requests(3), accept=anything)
    assert [c.status for c in replayed] == ["ok", "empty", "ok"]
    assert [c.text for c in replayed] == [c.text for c in live]
    with pytest.raises(NotInCache, match=r"5 completions.*q3"):
        open_model(None, offline=True)(requests(8), accept=anything)


def test_the_url_is_not_part_of_the_key(serve: Serve, open_model: Open) -> None:
    one, two = serve(lambda body, _: answer("1")), serve(lambda body, _: answer("2"))
    open_model(one.base_url)(requests(2), accept=anything)
    moved = open_model(two.base_url, timeout_seconds=9, concurrency=3)(requests(2), accept=anything)
    assert all(c.cached for c in moved)
    changed = open_model(two.base_url, temperature=0.5)(requests(2), accept=anything)
    assert not any(c.cached for c in changed)


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


def test_a_budget_without_a_price_is_refused(open_model: Open) -> None:
    with pytest.raises(CompletionError, match="price of model 'm' is not known"):
        open_model("http://127.0.0.1:1/v1", max_cost_usd=1)


def test_missing_usage_is_unknown_not_free(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, _: answer("x", usage=False))
    price = {"input_usd_per_million": 1.0, "output_usd_per_million": 1.0}
    completions = open_model(server.base_url, **price)(requests(1), accept=anything)
    assert completions[0].status == "ok"
    assert (completions[0].cost_usd, completions[0].tokens) == (None, None)


def test_requests_per_minute_are_spaced(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, _: answer("x"))
    open_model(server.base_url, requests_per_minute=600)(requests(8), accept=anything)
    assert server.times[-1] - server.times[0] >= 0.6


def test_pinned_concurrency_is_kept(serve: Serve, open_model: Open) -> None:
    slow = answer("x")
    server = serve(lambda body, _: Reply(200, slow.body, delay_seconds=0.03))
    open_model(server.base_url, concurrency=3)(requests(20), accept=anything)
    assert server.most_at_once == 3


def test_a_full_url_is_mended(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, _: answer("x"))
    model = open_model(server.base_url + "/chat/completions")
    assert model(requests(1), accept=anything)[0].status == "ok"


def test_schema_and_sampling_parameters_are_sent(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, _: answer("x"))
    asked_for = Request("a", ({"role": "user", "content": "q"},), schema={"type": "object"})
    model = open_model(
        server.base_url, top_p=0.9, reasoning_effort="low", system_prompt="Be brief.",
        extra_body={"seed": 7},
    )  # fmt: skip
    model([asked_for], accept=anything)
    body = server.calls[0]
    assert (body["top_p"], body["reasoning_effort"], body["seed"]) == (0.9, "low", 7)
    assert body["messages"][0] == {"role": "system", "content": "Be brief."}
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}
    open_model(server.base_url, structured=False)([asked_for], accept=anything)
    assert "response_format" not in server.calls[1]


def test_a_server_that_knows_no_schema_is_asked_without(serve: Serve, open_model: Open) -> None:
    def script(body: Body, number: int) -> Reply:
        if "response_format" in body:
            return failure(400, "response_format json_schema is not supported by this model")
        return answer("x")

    server = serve(script)
    question = Request("a", ({"role": "user", "content": "q"},), schema={"type": "object"})
    assert open_model(server.base_url)([question], accept=anything)[0].status == "ok"
    assert len(server.calls) == 2


def test_two_clients_on_one_cache_pay_once(tmp_path: Path, serve: Serve, open_model: Open) -> None:
    reply = answer("x")
    server = serve(lambda body, _: Reply(200, reply.body, delay_seconds=0.02))
    clients = [open_model(server.base_url, concurrency=8) for _ in range(2)]
    results: list[list[str]] = []

    def work(place: int) -> None:
        completions = clients[place](requests(100), accept=anything)
        results.append([c.status for c in completions])

    threads = [threading.Thread(target=work, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [["ok"] * 100] * 2
    assert len(server.calls) == 100


def test_no_key_no_url_names_the_variable(
    open_model: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("A_KEY", raising=False)
    with pytest.raises(CompletionError, match="A_KEY") as missing:
        open_model("https://api.example.org/v1", api_key_env="A_KEY")
    assert missing.value.hint == "export A_KEY=…"


def test_a_server_that_restarts_is_waited_for(serve: Serve, open_model: Open) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/v1"
    with scripted(lambda body, _: answer("x"), port=port):
        model = open_model(url, concurrency=2)
        assert model(requests(2), accept=anything)[0].status == "ok"
    back = threading.Timer(0.5, lambda: servers.append(ScriptedServer(again, port=port)))
    servers: list[ScriptedServer] = []
    again = lambda body, _: answer("back")  # noqa: E731 - a script in one line
    back.start()
    with stamina.set_testing(False):
        completions = model(requests(4), accept=anything)
    back.join()
    servers[0].close()
    assert [c.text for c in completions] == ["x", "x", "back", "back"]
