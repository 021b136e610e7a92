"""From an outcome to a recorded call, and what a recorded call says to a caller today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchbuilder.llm.cache import Call
from benchbuilder.llm.outcome import Outcome
from benchbuilder.llm.types import Accept, Completion
from benchbuilder.schemas import FINAL_STATUSES

#: Statuses under which the model gave a whole text; whether it is usable is for ``accept`` to say.
_WHOLE_TEXT = frozenset({"ok", "parse_error"})
#: Attempts that hold the model's own words or its server's verdict on the prompt: without an
#: endpoint they are replayed as they were. Failures of a network are not.
_REPLAYED = FINAL_STATUSES | {"truncated", "refused", "reasoning_only", "empty", "parse_error"}


def read_call(call: Call, accept: Accept, *, cached: bool) -> Completion:
    """The completion of a call. A whole text is put to ``accept`` anew, whatever it said before:
    a better parser reads old attempts without paying."""
    status, detail = call.status, call.detail
    if status in _WHOLE_TEXT and call.text is not None:
        reason = accept(call.text)
        status, detail = ("ok", None) if reason is None else ("parse_error", reason)
    return Completion(
        id=call.request_id,
        status=status,
        text=call.text,
        thinking=call.thinking,
        finish_reason=call.finish_reason,
        input_tokens=call.input_tokens,
        output_tokens=call.output_tokens,
        cost_usd=call.cost_usd,
        detail=detail,
        cached=cached,
    )


def as_call(
    key: str,
    request_id: str,
    model: str,
    outcome: Outcome,
    accept: Accept,
    *,
    stage: str | None = None,
) -> Call:
    """The call to record. An ``ok`` whose text is turned down is a ``parse_error``: not final."""
    status, detail = outcome.status, outcome.detail
    if status == "ok" and outcome.text is not None:
        detail = accept(outcome.text)
        status = "ok" if detail is None else "parse_error"
    return Call(
        key=key,
        final=status in FINAL_STATUSES,
        model=model,
        request_id=request_id,
        status=status,
        text=outcome.text,
        thinking=outcome.thinking,
        finish_reason=outcome.finish_reason,
        input_tokens=outcome.input_tokens,
        output_tokens=outcome.output_tokens,
        cost_usd=outcome.cost_usd,
        detail=detail,
        adapted=",".join(outcome.adapted) or None,
        stage=stage,
    )


def standing(
    body: dict[str, Any], calls: Sequence[Call], accept: Accept, *, offline: bool = False
) -> Completion | None:
    """What is on record of a question and is not asked again; None where it is to be asked.

    That is an answer for good; else, offline or where asking would only repeat it, what was said.
    """
    read = [read_call(call, accept, cached=True) for call in calls]
    final = (completion for completion in read if completion.status in FINAL_STATUSES)
    said = (completion for completion in read if completion.status in _REPLAYED)
    if (answer := next(final, None)) is not None:
        return answer
    return next(said, None) if offline or _would_repeat(body, calls) else None


def _would_repeat(body: dict[str, Any], calls: Sequence[Call]) -> bool:
    """Whether asking again would only be cut again: at temperature 0, at the same limit."""
    cut = [call for call in calls if call.status == "truncated"]
    steady = body.get("temperature") == 0
    return steady and any("temperature" not in (call.adapted or "") for call in cut)
