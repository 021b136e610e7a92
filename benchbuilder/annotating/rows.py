"""Rows of ``annotations``, and who makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

Row = dict[str, Any]

#: Makes one row for each prompt of a batch (prompt_id, system, text).
RowsOf = Callable[[pa.RecordBatch], list[Row]]

NOT_ASKED = "not_asked"


def not_asked(prompt_id: str, annotator: str) -> Row:
    """The row of a prompt that an annotator was spared."""
    return {"prompt_id": prompt_id, "annotator": annotator, "status": NOT_ASKED}


def asked_where(batch: pa.RecordBatch, wanted: set[str], annotator: str, ask: RowsOf) -> list[Row]:
    """Rows of a batch in its order: answers where they are wanted, ``not_asked`` elsewhere."""
    ids: list[str] = batch.column("prompt_id").to_pylist()
    rows = {prompt_id: not_asked(prompt_id, annotator) for prompt_id in ids}
    places = [place for place, prompt_id in enumerate(ids) if prompt_id in wanted]
    if places:
        rows |= {row["prompt_id"]: row for row in ask(batch.take(pa.array(places)))}
    return [rows[prompt_id] for prompt_id in ids]
