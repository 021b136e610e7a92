from __future__ import annotations

from typing import Any

import pytest

from benchbuilder.sources.conversation import Turn
from benchbuilder.sources.exchange import parse_exchange, parse_input, parse_output

ASKED = {"role": "user", "content": "Why?"}
SAID = Turn("user", "Why?")


@pytest.mark.parametrize(
    "sent",
    [
        "Why?",
        ASKED,
        [ASKED],
        ["Why?"],
        [[ASKED]],
        {"messages": [ASKED]},
        {"model": "m", "input": "Why?"},
        {"args": [], "kwargs": {"question": "Why?"}},
        {"args": [[ASKED]], "kwargs": {}},
        {"body": {"messages": [ASKED]}},
        '{"messages": [{"role": "user", "content": "Why?"}]}',
        {"messages": '[{"role": "user", "content": "Why?"}]'},
        [ASKED, {"type": "function_call", "name": "look", "arguments": "{}"}],
    ],
)
def test_requests_in_all_their_forms(sent: Any) -> None:
    assert parse_input(sent) == (SAID,)


def test_a_system_prompt_beside_the_messages_comes_first() -> None:
    sent = {"messages": [ASKED], "system": "Be brief."}
    assert parse_input(sent) == (Turn("system", "Be brief."), SAID)


@pytest.mark.parametrize(
    "returned",
    [
        "So.",
        {"role": "assistant", "content": "So."},
        {"choices": [{"message": {"role": "assistant", "content": "So."}}]},
        {"choices": [{"text": "So."}]},
        {"output": [{"type": "reasoning"}, {"role": "assistant", "content": [{"text": "So."}]}]},
        {"body": {"choices": [{"message": {"role": "assistant", "content": "So."}}]}},
        [{"role": "assistant", "parts": [{"type": "text", "content": "So."}]}],
        '{"completion": "So."}',
    ],
)
def test_responses_in_all_their_forms(returned: Any) -> None:
    assert parse_output(returned) == Turn("assistant", "So.")


@pytest.mark.parametrize("returned", [None, "", {}, [], {"error": {"message": "no"}}, 3, [None]])
def test_a_response_without_a_reply_has_none(returned: Any) -> None:
    assert parse_output(returned) is None
    assert parse_exchange("Why?", returned) == (SAID,)


@pytest.mark.parametrize("sent", [None, 3, {}, {"weight": 3}])
def test_what_is_no_request_says_why(sent: Any) -> None:
    assert isinstance(parse_exchange(sent, "So."), str)
