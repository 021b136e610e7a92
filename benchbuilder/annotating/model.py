"""A language model as annotator: fenced prompts out, lists of criteria in."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from benchbuilder.annotating.rows import Row, RowsOf
from benchbuilder.llm.types import Complete, Completion, Request
from benchbuilder.schemas import CRITERIA
from benchbuilder.settings import AnnotateSettings
from benchbuilder.text.criteria_list import KNOWN, parse_criteria
from benchbuilder.text.fencing import cut_middle, fence_code
from benchbuilder.text.templates import Template, parse_template

#: What a model is asked to answer with, where its server can be held to a JSON schema.
ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "reason": {"type": "string"},
        "criteria": {"type": "array", "items": {"type": "integer", "enum": list(KNOWN)}},
    },
    "required": ["reason", "criteria"],
    "additionalProperties": False,
}


def render(
    template: Template, prompt: Row, settings: AnnotateSettings
) -> tuple[tuple[dict[str, str], ...], str | None]:
    """``(messages, detail)`` for a prompt (system, text), fenced, its middle cut if it is too long.

    ``detail`` tells of a cut, else it is None.
    """
    text, left_out = cut_middle(prompt["text"], settings.max_prompt_chars)
    system, system_left_out = cut_middle(prompt["system"] or "", settings.max_prompt_chars)
    code = fence_code(system, text)
    shown = text
    if system:
        shown = f"(system prompt {code})\n{system}\n(user prompt {code})\n{text}"
    cut = left_out + system_left_out
    detail = f"shown without {cut:,} characters from the middle" if cut else None
    return template.messages({"prompt": shown, "fence": code}), detail


def with_model(complete: Complete, name: str, template: str, settings: AnnotateSettings) -> RowsOf:
    parsed = parse_template(
        template,
        name=settings.template,
        known=("prompt", "fence"),
        required=("prompt", "fence"),
    )

    def rows_of(batch: pa.RecordBatch) -> list[Row]:
        prompts = batch.select(["prompt_id", "system", "text"]).to_pylist()
        requests, cuts = [], {}
        for prompt in prompts:
            messages, cuts[prompt["prompt_id"]] = render(parsed, prompt, settings)
            requests.append(Request(prompt["prompt_id"], messages, schema=ANSWER_SCHEMA))
        completions = complete(requests, accept=_reason_against)
        by_id = {completion.id: completion for completion in completions}
        return [_row_of_completion(by_id[prompt_id], name, cut) for prompt_id, cut in cuts.items()]

    return rows_of


def _reason_against(text: str) -> str | None:
    criteria = parse_criteria(text)
    return criteria if isinstance(criteria, str) else None


def _row_of_completion(completion: Completion, annotator: str, cut: str | None) -> Row:
    reasons = [reason for reason in (completion.detail, cut) if reason]
    row: Row = {
        "prompt_id": completion.id,
        "annotator": annotator,
        "status": completion.status,
        "detail": "; ".join(reasons) or None,
        "tokens": completion.tokens,
        "cost_usd": completion.cost_usd,
    }
    if completion.status == "ok" and completion.text is not None:
        criteria = parse_criteria(completion.text)
        if isinstance(criteria, str):  # a client that took what it should not have taken
            return row | {"status": "parse_error", "detail": criteria}
        row |= {name: number in criteria for number, name in zip(KNOWN, CRITERIA, strict=True)}
        row["quality_score"] = len(criteria)
    return row
