"""``map``: embeddings → a place on a plane for every prompt, for drawing only."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.clustering.plane import plane
from benchbuilder.observe import Observer
from benchbuilder.schemas import MAP
from benchbuilder.settings import MapSettings


def draw_map(
    embeddings: pa.Table, *, settings: MapSettings, observe: Observer
) -> dict[str, pa.Table]:
    """Place prompts on a plane; above ``settings.max_prompts`` a seeded sample of them.

    Rows are ordered by id before anything is drawn, so their order changes nothing.
    """
    if not embeddings.num_rows:
        return {"map": MAP.schema.empty_table()}
    rows = pc.sort_indices(embeddings["prompt_id"])
    if len(rows) > settings.max_prompts:
        draw = np.random.default_rng(settings.seed)
        observe.note(f"the map shows a sample of {settings.max_prompts:,} of {len(rows):,} prompts")
        rows = rows.take(np.sort(draw.choice(len(rows), settings.max_prompts, replace=False)))
    ordered = embeddings.select(["prompt_id", "vector"]).take(rows)
    flat = ordered["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    vectors = np.asarray(flat.reshape(ordered.num_rows, -1), dtype=np.float32)
    observe.progress(0, 1)
    places = plane(vectors, seed=settings.seed)
    observe.progress(1, 1)
    columns = {"prompt_id": ordered["prompt_id"], "x": places[:, 0], "y": places[:, 1]}
    return {"map": pa.table(columns).cast(MAP.schema)}
