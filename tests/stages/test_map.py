from __future__ import annotations

import numpy as np
import pyarrow as pa

from benchbuilder.observe import Silent
from benchbuilder.schemas import EMBEDDINGS, MAP
from benchbuilder.settings import MapSettings
from benchbuilder.stages.map import draw_map


def embeddings(rows: int) -> pa.Table:
    vectors = np.random.default_rng(5).normal(size=(rows, 6))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return pa.table(
        {
            "prompt_id": [f"p{row:03d}" for row in range(rows)],
            "vector": pa.array(vectors.astype(np.float32).tolist(), pa.list_(pa.float32(), 6)),
        }
    )


def test_every_prompt_has_a_place_whatever_the_order_of_rows() -> None:
    table, observe = embeddings(12), Silent()
    found = draw_map(table, settings=MapSettings(), observe=observe)["map"]
    assert found.schema.equals(MAP.schema)
    assert found["prompt_id"].to_pylist() == table["prompt_id"].to_pylist()
    turned = table.take(list(range(11, -1, -1)))
    assert draw_map(turned, settings=MapSettings(), observe=observe)["map"].equals(found)
    assert observe.notes == []


def test_above_the_limit_a_seeded_sample_is_drawn_and_told() -> None:
    table, observe = embeddings(30), Silent()
    few = MapSettings(max_prompts=8)
    found = draw_map(table, settings=few, observe=observe)["map"]
    assert found.num_rows == 8
    assert observe.notes == ["the map shows a sample of 8 of 30 prompts"]
    assert draw_map(table, settings=few, observe=observe)["map"].equals(found)
    other = draw_map(table, settings=MapSettings(max_prompts=8, seed=1), observe=observe)["map"]
    assert other["prompt_id"].to_pylist() != found["prompt_id"].to_pylist()


def test_no_prompts_no_places() -> None:
    empty = EMBEDDINGS.schema.empty_table()
    assert draw_map(empty, settings=MapSettings(), observe=Silent())["map"].num_rows == 0
