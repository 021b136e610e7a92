"""Why a server turned a call down: one status per cause, from its HTTP status and error body.

A 400 is classified here once and never sent again as it was.
"""

from __future__ import annotations

import re
from typing import Any

#: Body fields that a call can do without (or with another name); see ``adaptation``.
ADAPTABLE = ("max_tokens", "temperature", "response_format", "encoding_format")

_QUOTA = re.compile(
    r"insufficient[_ ](?:quota|funds|balance|credits?)|exceeded your current quota|"
    r"billing[_ ](?:hard[_ ]limit|not[_ ]active)|credit balance is too low|out of credits?",
    re.IGNORECASE,
)
_FILTER = re.compile(
    r"content[_ ](?:filter|management|policy)|responsible[_ ]?ai|moderation|safety system|"
    r"input was flagged|violat\w+ (?:\w+ )?(?:usage |content )?polic",
    re.IGNORECASE,
)
_CONTEXT = re.compile(
    r"context[_ ](?:length|size|window)|maximum context|exceed_context_size|prompt is too long|"
    r"(?:input|prompt|request)\b.{0,40}\btoo (?:long|large|many tokens)|too many (?:input )?tokens|"
    r"reduce the length",
    re.IGNORECASE,
)
_UNSUPPORTED = re.compile(
    r"unsupported|not support|n.t support|unrecognized|unrecognised|unknown|not permitted|"
    r"not allowed|not available|deprecated|unexpected|invalid[_ ]type|extra inputs",
    re.IGNORECASE,
)
_KEY = re.compile(r"invalid[_ ](?:api[_ ])?key|incorrect api key|unauthori[sz]ed", re.IGNORECASE)
_RATE = re.compile(r"rate[_ ]limit|too many requests|overloaded", re.IGNORECASE)


def classify_rejection(status_code: int, parsed: Any, body: str) -> tuple[str, str, str | None]:
    """``(status, detail, unsupported)``; the last names a body field the server does not take.

    Example: a 429 whose code is ``insufficient_quota`` is ``quota_exhausted``, any other 429 is
    ``rate_limited``. A 200 stands for an error body without a code of its own.
    """
    error = _error(parsed)
    said = " ".join(str(error[key]) for key in ("code", "type", "message") if error.get(key))
    said = said or body
    detail = f"HTTP {status_code}: {_line(str(error.get('message') or body) or 'no message')}"
    if status_code == 402 or (status_code in (200, 400, 403, 429) and _QUOTA.search(said)):
        return "quota_exhausted", detail, None
    if status_code == 429 or (status_code == 200 and _RATE.search(said)):
        return "rate_limited", detail, None
    if status_code == 401 or (status_code == 200 and _KEY.search(said)):
        return "auth_failed", detail, None
    if status_code == 408:
        return "timeout", detail, None
    if status_code >= 500 or status_code == 409:
        return _server_error(said), detail, None
    if status_code == 200:
        return "bad_response", detail, None
    return _client_error(status_code, error, said, detail)


def _client_error(
    status_code: int, error: dict[str, Any], said: str, detail: str
) -> tuple[str, str, str | None]:
    if _FILTER.search(said) or _FILTER.search(str(error.get("innererror") or "")):
        return "content_filter", detail, None
    if status_code == 403:
        return "auth_failed", detail, None
    unsupported = _unsupported_field(error, said)
    if unsupported is not None:
        return "bad_request", detail, unsupported
    if status_code == 413 or _CONTEXT.search(said):
        return "context_overflow", detail, None
    return "bad_request", detail, None


def _server_error(said: str) -> str:
    """Some servers answer an over-long prompt with a 500: asking again cannot help."""
    too_long = "exceed_context_size" in said or "too large to process" in said
    return "context_overflow" if too_long else "server_error"


def _unsupported_field(error: dict[str, Any], said: str) -> str | None:
    if not _UNSUPPORTED.search(said):
        return None
    stated = error.get("param")
    for field in ADAPTABLE:
        if stated == field or re.search(rf"(?<![a-z_]){field}(?![a-z_])", said):
            return field
    if re.search(r"json_?schema|structured output|guided", said, re.IGNORECASE):
        return "response_format"
    return None


def _error(parsed: Any) -> dict[str, Any]:
    """The error object of a body; servers nest it, flatten it or send a bare sentence."""
    if not isinstance(parsed, dict):
        return {}
    error = parsed.get("error", parsed)
    if isinstance(error, str):
        return {"message": error}
    if not isinstance(error, dict):
        return {}
    if "message" not in error and "detail" in error:
        return {**error, "message": error["detail"]}
    return error


def _line(text: str, limit: int = 300) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
