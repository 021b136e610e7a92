"""What is part of a recorded completion's key, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from benchbuilder.llm.identity import completion_key, request_body
from benchbuilder.llm.types import Request
from benchbuilder.settings import ModelSettings

QUESTION = Request("a", ({"role": "system", "content": "s"}, {"role": "user", "content": "q"}))


def key(request: Request = QUESTION, name: str = "m", **settings: Any) -> str:
    model = ModelSettings(**settings)
    return completion_key(name, model, request_body(name, model, request), request.sample)[0]


@pytest.mark.parametrize(
    "settings",
    [
        {"base_url": "http://a/v1"},
        {"base_url_env": "X"},
        {"api_key_env": "X"},
        {"timeout_seconds": 1},
        {"concurrency": 5},
        {"max_attempts": 1},
        {"requests_per_minute": 9},
        {"input_usd_per_million": 1.0},
        {"model": "m"},
    ],
)
def test_where_and_how_fast_is_not_in_the_key(settings: dict[str, Any]) -> None:
    assert key(**settings) == key()


@pytest.mark.parametrize(
    "settings",
    [
        {"model": "other"},
        {"revision": "2026-11"},
        {"temperature": 0.7},
        {"temperature": None},
        {"top_p": 0.5},
        {"max_tokens": 9},
        {"reasoning_effort": "low"},
        {"system_prompt": "x"},
        {"extra_body": {"seed": 1}},
    ],
)
def test_what_steers_sampling_is_in_the_key(settings: dict[str, Any]) -> None:
    assert key(**settings) != key()


def test_messages_name_sample_and_schema_are_in_the_key_but_not_the_id() -> None:
    assert key(Request("other", QUESTION.messages)) == key()
    assert key(Request("a", QUESTION.messages, sample=1)) != key()
    assert key(Request("a", QUESTION.messages[1:])) != key()
    assert key(Request("a", QUESTION.messages, schema={"type": "object"})) != key()
    assert key(name="other") != key()


def test_the_order_of_fields_does_not_matter() -> None:
    one = key(extra_body={"a": 1, "b": 2})
    assert one == key(extra_body={"b": 2, "a": 1})


def test_the_system_prompt_leads() -> None:
    body = request_body("m", ModelSettings(system_prompt="First."), QUESTION)
    assert body["messages"][0] == {"role": "system", "content": "First.\n\ns"}
    alone = request_body("m", ModelSettings(system_prompt="First."), Request("a", ()))
    assert alone["messages"] == [{"role": "system", "content": "First."}]
