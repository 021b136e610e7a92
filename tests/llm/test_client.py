"""What is asked, what is replayed: the client over its cache, against a real HTTP server."""

from __future__ import annotations

import pytest

from benchbuilder.errors import (
    CompletionError,
    NotInCache,
)
from benchbuilder.llm.types import Request, anything
from benchbuilder.observe import Silent
from tests.llm.conftest import Open, Serve, requests
from tests.servers import (
    answer,
    asked,
    failure,
)


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


def test_offline_replays_and_names_what_is_missing(serve: Serve, open_model: Open) -> None:
    server = serve(lambda body, n: answer("x") if asked(body) != "q1" else answer(None))
    live = open_model(server.base_url)(requests(3), accept=anything)
    replayed = open_model(None, offline=True)(requests(3), accept=anything)
    assert [c.status for c in replayed] == ["ok", "empty", "ok"]
    assert [c.text for c in replayed] == [c.text for c in live]
    with pytest.raises(NotInCache, match=r"5 requests.*q3"):
        open_model(None, offline=True)(requests(8), accept=anything)


def test_the_url_is_not_part_of_the_key(serve: Serve, open_model: Open) -> None:
    one, two = serve(lambda body, _: answer("1")), serve(lambda body, _: answer("2"))
    open_model(one.base_url)(requests(2), accept=anything)
    moved = open_model(two.base_url, timeout_seconds=9, concurrency=3)(requests(2), accept=anything)
    assert all(c.cached for c in moved)
    changed = open_model(two.base_url, temperature=0.5)(requests(2), accept=anything)
    assert not any(c.cached for c in changed)


def test_a_budget_without_a_price_is_refused(open_model: Open) -> None:
    with pytest.raises(CompletionError, match="price of model 'm' is not known"):
        open_model("http://127.0.0.1:1/v1", max_cost_usd=1)


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


def test_no_key_no_url_names_the_variable(
    open_model: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("A_KEY", raising=False)
    with pytest.raises(CompletionError, match="A_KEY") as missing:
        open_model("https://api.example.org/v1", api_key_env="A_KEY")
    assert missing.value.hint == "export A_KEY=…"
