"""Error bodies of real services, each with its one status."""

from __future__ import annotations

import json

import pytest

from benchbuilder.llm.outcome import read_response


@pytest.mark.parametrize(
    ("code", "error", "status"),
    [
        (400, {"code": "content_filter", "message": "The response was filtered due to the prompt "
               "triggering Azure OpenAI's content management policy."}, "content_filter"),
        (400, {"code": None, "message": "rejected", "innererror": {"code":
               "ResponsibleAIPolicyViolation"}}, "content_filter"),
        (403, {"message": "Your input was flagged by moderation"}, "content_filter"),
        (400, {"code": "context_length_exceeded", "message": "This model's maximum context length "
               "is 8192 tokens."}, "context_overflow"),
        (400, {"type": "exceed_context_size_error", "message": "the request exceeds the available "
               "context size, try increasing it"}, "context_overflow"),
        (400, {"message": "prompt is too long: 210000 tokens > 200000 maximum"},
         "context_overflow"),
        (413, {"message": "payload"}, "context_overflow"),
        (400, {"message": "Unknown field"}, "bad_request"),
        (404, {"message": "The model `x` does not exist"}, "bad_request"),
        (422, {"message": "messages must not be empty"}, "bad_request"),
        (401, {"message": "Incorrect API key provided"}, "auth_failed"),
        (403, {"message": "Country not supported"}, "auth_failed"),
        (402, {"message": "Insufficient Balance"}, "quota_exhausted"),
        (429, {"code": "insufficient_quota", "message": "You exceeded your current quota"},
         "quota_exhausted"),
        (400, {"message": "Your credit balance is too low to access the API"}, "quota_exhausted"),
        (429, {"code": "rate_limit_exceeded", "message": "Rate limit reached"}, "rate_limited"),
        (429, {"message": "quota per minute reached, retry soon"}, "rate_limited"),
        (408, {"message": "timeout"}, "timeout"),
        (409, {"message": "conflict"}, "server_error"),
        (500, {"message": "The server had an error"}, "server_error"),
        (500, {"message": "rate limit of upstream"}, "server_error"),
        (529, {"message": "Overloaded"}, "server_error"),
    ],
)  # fmt: skip
def test_each_rejection_has_one_status(code: int, error: dict[str, object], status: str) -> None:
    outcome = read_response(code, json.dumps({"error": error}))
    assert outcome.status == status
    assert outcome.status_code == code
    assert outcome.detail is not None
    assert f"HTTP {code}" in outcome.detail


@pytest.mark.parametrize(
    ("message", "param", "field"),
    [
        ("Unsupported parameter: 'max_tokens' is not supported with this model. Use "
         "'max_completion_tokens' instead.", "max_tokens", "max_tokens"),
        ("Unsupported value: 'temperature' does not support 0 with this model.", "temperature",
         "temperature"),
        ("`temperature` is deprecated for this model", None, "temperature"),
        ("Invalid parameter: 'response_format' of type 'json_schema' is not supported", None,
         "response_format"),
        ("This model does not support structured outputs", None, "response_format"),
        ("Unsupported parameter: 'stop'", "stop", None),
        ("max_tokens is too large: 50000", "max_tokens", None),
    ],
)  # fmt: skip
def test_a_field_that_the_model_does_not_take_is_named(
    message: str, param: str | None, field: str | None
) -> None:
    body = json.dumps({"error": {"message": message, "param": param}})
    outcome = read_response(400, body)
    assert (outcome.status, outcome.unsupported) == ("bad_request", field)


@pytest.mark.parametrize(
    "body",
    ['{"object": "error", "message": "boom"}', '{"error": "boom"}', '{"detail": "boom"}', "boom"],
)
def test_every_shape_of_error_body_is_read(body: str) -> None:
    outcome = read_response(400, body)
    assert outcome.detail == "HTTP 400: boom"
