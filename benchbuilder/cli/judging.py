"""``judge`` and ``report``: verdicts on model answers, and what they say."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
