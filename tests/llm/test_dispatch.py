"""Many calls at once: every question is answered once, whatever the server does."""

from __future__ import annotations

import threading
from pathlib import Path

import stamina

from benchbuilder.llm.types import anything
from tests.llm.conftest import Open, Serve, requests
from tests.servers import (
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


def test_requests_per_minute_are_spaced(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, _: answer("x"))
    open_model(server.base_url, requests_per_minute=600)(requests(8), accept=anything)
    assert server.times[-1] - server.times[0] >= 0.6


def test_pinned_concurrency_is_kept(serve: Serve, open_model: Open) -> None:
    slow = answer("x")
    server = serve(lambda body, _: Reply(200, slow.body, delay_seconds=0.03))
    open_model(server.base_url, concurrency=3)(requests(20), accept=anything)
    assert server.most_at_once == 3


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
