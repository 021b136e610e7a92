"""What comes of a game."""

from __future__ import annotations

from typing import Any, NamedTuple

from benchbuilder.text.verdicts import parse_verdict


class Outcome(NamedTuple):
    """What came of a game; ``verdict`` is None unless ``status`` is ``ok``."""

    status: str
    verdict: str | None = None
    detail: str | None = None
    text: str | None = None
    tokens: int | None = None
    cost_usd: float | None = None
    preference: float | None = None  # the model's share of the win, from judges that give one


def outcome_of_text(text: str, **known: Any) -> Outcome:
    """The outcome that a judge's text stands for: its verdict, or ``parse_error``."""
    verdict, reason = parse_verdict(text)
    status = "parse_error" if verdict is None else "ok"
    return Outcome(status, verdict, reason, text, **known)
