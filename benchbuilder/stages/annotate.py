"""``annotate``: prompts → which of the seven criteria each of them meets.

The annotator is a language model (``complete``, through a template) or a trained head (``head``,
through surface features and, where the head names an encoder, the prompts' vectors). The column
``annotator`` holds the name under which the settings know it: ``local`` or a declared model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchbuilder.config import AnnotateSettings
from benchbuilder.errors import InputError
from benchbuilder.llm.types import Complete, Completion, Request
from benchbuilder.observe import Observer
from benchbuilder.schemas import ANNOTATIONS, CRITERIA
from benchbuilder.text.criteria_list import KNOWN, parse_criteria
from benchbuilder.text.fencing import cut_middle, fence_code
from benchbuilder.text.templates import Template, parse_template

Row = dict[str, Any]
RowsOf = Callable[[pa.RecordBatch], list[Row]]

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


class Predictions(Protocol):
    """What a head says about n prompts: shapes (n, 7), (n, 7) and (n,)."""

    @property
    def probabilities(self) -> npt.NDArray[np.floating[Any]]: ...
    @property
    def decisions(self) -> npt.NDArray[np.bool_]: ...
    @property
    def quality_score(self) -> npt.NDArray[np.integer[Any]]: ...


class Head(Protocol):
    """A trained annotator; ``encoder`` names the model whose vectors it wants, None for none."""

    @property
    def encoder(self) -> str | None: ...
    def annotate(self, texts: Sequence[str], vectors: npt.NDArray[Any] | None) -> Predictions: ...


def annotate(
    prompts: Iterator[pa.RecordBatch],
    embeddings: pa.Table,
    *,
    settings: AnnotateSettings,
    head: Head | None = None,
    complete: Complete | None = None,
    template: str | None = None,
    observe: Observer,
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Yield ``("annotations", batch)`` for each batch of prompts (prompt_id, system, text).

    Give either ``head`` or ``complete`` with the text of a ``template``. Figures: ``statuses``
    (rows by status). A row without an answer has nulls, a status and a reason, never seven False.

    Raises:
        ConfigError: the template does not fit.
        InputError: the head needs vectors and a prompt has none.
        CompletionError: the model's client stops the run.
    """
    statuses: Counter[str] = Counter()
    if head is not None:
        rows_of = _with_head(head, embeddings, settings, observe)
    elif complete is not None and template is not None:
        rows_of = _with_model(complete, template, settings)
    else:
        raise TypeError("annotate needs a head, or complete and a template")
    for batch in prompts:
        if not batch.num_rows:
            continue
        rows = rows_of(batch)
        statuses.update(row["status"] for row in rows)
        yield "annotations", pa.RecordBatch.from_pylist(rows, schema=ANNOTATIONS.schema)
    observe.figure("statuses", dict(sorted(statuses.items())))


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


def _with_model(complete: Complete, template: str, settings: AnnotateSettings) -> RowsOf:
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
        return [
            _row_of_completion(by_id[prompt_id], settings.annotator, cut)
            for prompt_id, cut in cuts.items()
        ]

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


def _with_head(
    head: Head, embeddings: pa.Table, settings: AnnotateSettings, observe: Observer
) -> RowsOf:
    vectors_of = _vectors(embeddings) if head.encoder is not None else lambda ids: None
    done = 0

    def rows_of(batch: pa.RecordBatch) -> list[Row]:
        nonlocal done
        ids: list[str] = batch.column("prompt_id").to_pylist()
        predicted = head.annotate(batch.column("text").to_pylist(), vectors_of(ids))
        done += len(ids)
        observe.progress(done)
        return [
            {
                "prompt_id": prompt_id,
                "annotator": settings.annotator,
                **dict(zip(CRITERIA, decisions, strict=True)),
                "quality_score": score,
                **{f"p_{name}": p for name, p in zip(CRITERIA, probabilities, strict=True)},
                "status": "ok",
                "cost_usd": 0.0,
            }
            for prompt_id, decisions, score, probabilities in zip(
                ids,
                predicted.decisions.tolist(),
                predicted.quality_score.tolist(),
                predicted.probabilities.tolist(),
                strict=True,
            )
        ]

    return rows_of


def _vectors(embeddings: pa.Table) -> Callable[[list[str]], npt.NDArray[Any]]:
    """Looks vectors up by prompt_id: a list of n ids gives shape (n, dimension)."""
    place = {key: row for row, key in enumerate(embeddings.column("prompt_id").to_pylist())}
    column = embeddings.column("vector").combine_chunks()
    flat = column.flatten().to_numpy(zero_copy_only=False)
    matrix: npt.NDArray[Any] = flat.reshape(len(place), len(flat) // max(1, len(place)))

    def vectors_of(ids: list[str]) -> npt.NDArray[Any]:
        missing = next((prompt_id for prompt_id in ids if prompt_id not in place), None)
        if missing is not None:
            raise InputError(
                f"prompt {missing} has no vector in `embeddings`",
                hint="make the embeddings again: benchbuilder embed --run RUN",
            )
        rows = np.fromiter((place[prompt_id] for prompt_id in ids), np.intp, len(ids))
        return np.take(matrix, rows, axis=0)

    return vectors_of
