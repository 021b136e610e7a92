"""Prompt templates: parts, slots and what is refused."""

from __future__ import annotations

import pytest

from benchbuilder.errors import ConfigError
from benchbuilder.text.templates import parse_template

FILE = """Notes for people.

# system
Be fair.

# user
Q: {{question}}
A: {{ answer }}
"""


def test_a_template_sends_its_parts_and_not_its_introduction() -> None:
    template = parse_template(FILE, name="t", known=["question", "answer"])
    messages = template.messages({"question": "Why?", "answer": "{{question}}", "unused": "x"})
    assert messages == (
        {"role": "system", "content": "Be fair."},
        {"role": "user", "content": "Q: Why?\nA: {{question}}"},  # filled once, not again
    )


def test_the_digest_follows_what_is_sent() -> None:
    known = ["question", "answer"]
    one = parse_template(FILE, name="t", known=known)
    other_notes = parse_template(FILE.replace("Notes", "Words"), name="u", known=known)
    other_text = parse_template(FILE.replace("fair", "kind"), name="t", known=known)
    assert one.digest == other_notes.digest != other_text.digest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Q: {{question}}", "expected one part headed `# user`"),
        ("# user\na\n# user\nb", "expected one part headed `# user`"),
        ("# user\n{{question}} {{answr}}", "unknown slot {{answr}}"),
        ("# user\nnothing", "needs {{question}}"),
    ],
)
def test_a_broken_template_is_a_config_error(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("{", r"\{")):
        parse_template(text, name="t", known=["question"], required=["question"])


def test_a_slot_without_a_value_is_a_config_error() -> None:
    template = parse_template("# user\n{{question}}", name="t", known=["question"])
    with pytest.raises(ConfigError, match="no value for"):
        template.messages({})
