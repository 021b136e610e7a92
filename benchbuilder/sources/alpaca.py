"""Alpaca: instruction, input, output. The input is part of what the user says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchbuilder.sources.conversation import Conversation, Turn, Unusable
from benchbuilder.sources.fields import parse_common, parse_id
from benchbuilder.sources.turns import parse_content


def recognises(fields: frozenset[str]) -> bool:
    """Whether a file with these fields is such a dump."""
    return "instruction" in fields and not fields.isdisjoint({"input", "output"})


def parse_alpaca(record: Mapping[str, Any]) -> Conversation | Unusable:
    """One row; an empty input leaves the instruction alone."""
    parts = (parse_content(record.get(name))[0] for name in ("instruction", "input"))
    text = "\n\n".join(part for part in parts if part and part.strip())
    turns = [Turn("user", text or None)]
    system, reply = record.get("system"), record.get("output")
    if isinstance(system, str) and system.strip():
        turns.insert(0, Turn("system", system))
    if isinstance(reply, str) and reply.strip():
        turns.append(Turn("assistant", reply))
    return Conversation(tuple(turns), parse_id(record.get("id")), **parse_common(record))
