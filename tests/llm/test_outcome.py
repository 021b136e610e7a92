"""What a response comes to: bodies as real servers send them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchbuilder.llm.outcome import excerpt, read_response
from benchbuilder.llm.types import STATUSES


def completion(finish: str | None = "stop", **message: Any) -> str:
    return json.dumps({"choices": [{"message": message, "finish_reason": finish}]})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (completion(content="Yes."), "ok"),
        (completion(content="Yes.", finish=None), "ok"),
        (completion(content=[{"type": "text", "text": "Yes."}]), "ok"),
        (completion(content=""), "empty"),
        (completion(content="  \n"), "empty"),
        (completion(content=None), "empty"),
        (completion(), "empty"),
        (completion(content=None, finish="length"), "truncated"),
        (completion(content="Ye", finish="length"), "truncated"),
        (completion(content="<think>and so", finish="length"), "truncated"),
        (completion(content=None, reasoning_content="so", finish="length"), "truncated"),
        (completion(content=None, reasoning_content="so"), "reasoning_only"),
        (completion(content=None, reasoning="so"), "reasoning_only"),
        (completion(content="<think>and so on"), "reasoning_only"),
        (completion(content="<think>done</think>"), "reasoning_only"),
        (completion(content="Sorry", finish="content_filter"), "content_filter"),
        (completion(content=None, refusal="I can't."), "refused"),
        (completion(content="Yes.", refusal=None), "ok"),
        ("<!DOCTYPE html><p>nginx</p>", "bad_response"),
        ("", "bad_response"),
        ('{"choices": [{"message"', "bad_response"),
        ("null", "bad_response"),
        ("[]", "bad_response"),
        ("{}", "bad_response"),
        ('{"choices": null}', "bad_response"),
        ('{"choices": []}', "bad_response"),
        ('{"choices": [{"text": "old API"}]}', "bad_response"),
        ('{"error": "something"}', "bad_response"),
        ('{"error": {"message": "rate limit reached"}}', "rate_limited"),
        ('{"error": {"code": 502, "message": "upstream"}}', "server_error"),
        ('{"error": {"code": 429, "message": "slow"}}', "rate_limited"),
        ('{"error": {"code": "insufficient_quota", "message": "pay"}}', "quota_exhausted"),
        ('{"error": {"code": 401, "message": "who are you"}}', "auth_failed"),
        ('{"error": null, ' + completion(content="Yes.")[1:], "ok"),
    ],
)
def test_a_200_is_read_for_what_it_hides(body: str, status: str) -> None:
    outcome = read_response(200, body)
    assert outcome.status == status
    assert outcome.status in STATUSES
    assert (outcome.detail is None) == (status == "ok")


def test_usage_is_read_and_may_be_missing() -> None:
    body = json.loads(completion(content="Yes."))
    assert read_response(200, json.dumps(body)).input_tokens is None
    body["usage"] = {"prompt_tokens": 7, "completion_tokens": 3}
    outcome = read_response(200, json.dumps(body))
    assert (outcome.input_tokens, outcome.output_tokens) == (7, 3)
    for nonsense in (-1, None, True, "7", 7.5, 10**19):
        body["usage"] = {"prompt_tokens": nonsense, "completion_tokens": 3}
        outcome = read_response(200, json.dumps(body))
        assert (outcome.input_tokens, outcome.output_tokens) == (None, 3)


def test_half_an_emoji_costs_a_letter_and_no_answer() -> None:
    outcome = read_response(200, completion(content="a \ud83d b"))
    assert (outcome.status, outcome.text) == ("ok", "a ? b")
    assert read_response(200, completion(content="\U0001f600")).text == "\U0001f600"
    assert read_response(200, '{"a": "\\ud83d"').status == "bad_response"


def test_thinking_is_kept_apart_from_the_answer() -> None:
    outcome = read_response(200, completion(content="<think>hm</think>Yes.", reasoning="so"))
    assert (outcome.status, outcome.text, outcome.thinking) == ("ok", "Yes.", "so\n\nhm")


def test_an_excerpt_is_one_short_line() -> None:
    assert excerpt("a\n  b") == "a b"
    assert len(excerpt("x" * 999)) == 200
