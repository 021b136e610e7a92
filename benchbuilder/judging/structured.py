"""What a judge is asked to answer with, where its server can be held to a JSON schema."""

from __future__ import annotations

import json
from typing import Any

from benchbuilder.stats.verdicts import VERDICTS

#: The evaluation comes first: a verdict that is written before its reasons is a guess.
VERDICT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "evaluation": {"type": "string"},
        "verdict": {"type": "string", "enum": list(VERDICTS)},
    },
    "required": ["evaluation", "verdict"],
    "additionalProperties": False,
}


def readable(text: str) -> str:
    """A judge's text for people: evaluation and verdict of a JSON answer, any other as it is.

    ``'{"evaluation": "B is\\\\nwrong.", "verdict": "A>B"}'`` becomes two lines and ``[[A>B]]``.
    """
    try:
        said = json.loads(text)
    except ValueError:
        return text
    if not isinstance(said, dict) or said.keys() != VERDICT_SCHEMA["properties"].keys():
        return text
    return f"{said['evaluation']}\n\n[[{said['verdict']}]]"
