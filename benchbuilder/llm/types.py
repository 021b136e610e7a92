"""What a stage says to a language model, and what it hears back.

A stage knows nothing else of this package: it builds ``Request`` objects, calls ``complete`` with
many of them and reads ``Completion`` objects, matched by ``id``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

#: ``{"role": "system" | "user" | "assistant", "content": text}``
Message = dict[str, str]

#: Answers None when a text is usable, else the reason why it is not.
Accept = Callable[[str], str | None]


def anything(text: str) -> None:
    """The ``Accept`` of whoever does not read the text now."""


#: Every outcome of a call. Only ``ok`` carries an answer that a stage may use.
STATUSES: tuple[str, ...] = (
    "ok",
    "empty",
    "truncated",
    "refused",
    "reasoning_only",
    "content_filter",
    "context_overflow",
    "parse_error",
    "bad_request",
    "bad_response",
    "rate_limited",
    "quota_exhausted",
    "auth_failed",
    "server_error",
    "timeout",
)


@dataclass(frozen=True)
class Request:
    """One question. ``id`` is the caller's own (a prompt_id, say) and comes back with the answer.

    ``schema`` is a JSON schema to ask for (a hint: the server may ignore it). ``sample`` numbers
    repeated draws of the same messages.
    """

    id: str
    messages: tuple[Message, ...]
    schema: dict[str, Any] | None = None
    sample: int = 0


@dataclass(frozen=True)
class Completion:
    """What came of a request. ``text`` is usable when ``status`` is ``ok`` and only then.

    Token counts and ``cost_usd`` are None where they are not known. ``cached`` tells that nothing
    was paid now; ``cost_usd`` is then what it cost when it was recorded.
    """

    id: str
    status: str
    text: str | None = None
    thinking: str | None = None
    finish_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    detail: str | None = None
    cached: bool = False

    @property
    def tokens(self) -> int | None:
        """Input and output tokens together; None unless both are known."""
        if self.input_tokens is None or self.output_tokens is None:
            return None
        return self.input_tokens + self.output_tokens


class Complete(Protocol):
    """Asks a model many questions at once."""

    def __call__(self, requests: Sequence[Request], *, accept: Accept) -> list[Completion]:
        """One completion per request, in the order of the requests.

        A text that ``accept`` turns down comes back with the status ``parse_error`` and the reason
        in ``detail``; it is asked again on the next run.

        Raises:
            CompletionError: the whole run has to stop; everything so far is recorded.
        """
