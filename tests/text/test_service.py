from __future__ import annotations

import pytest

from benchbuilder.text.service import is_service_message


@pytest.mark.parametrize(
    "text",
    [
        "NETWORK ERROR DUE TO HIGH TRAFFIC. PLEASE REGENERATE OR REFRESH THIS PAGE.",
        "**NETWORK ERROR DUE TO HIGH TRAFFIC. PLEASE REGENERATE OR REFRESH THIS PAGE.**",
        "$MODERATION$ YOUR INPUT VIOLATES OUR CONTENT MODERATION GUIDELINES.",
        "YOUR INPUT VIOLATES OUR CONTENT MODERATION GUIDELINES. PLEASE TRY AGAIN.",
        "Network error",
        "Rate limit exceeded, please retry in 20 s",
        "503 Service Unavailable",
    ],
)
def test_banners_are_no_prompts(text: str) -> None:
    assert is_service_message(text)


@pytest.mark.parametrize(
    "text",
    [
        "I get NETWORK ERROR DUE TO HIGH TRAFFIC. PLEASE REGENERATE. What can I do?",
        "What does 503 service unavailable mean?",
        "Write a short story about moderation.",
        "My network error handler swallows time-outs, review it",
    ],
)
def test_a_question_about_a_banner_is_a_prompt(text: str) -> None:
    assert not is_service_message(text)
