"""The topic map: one row a point, colours that tell neighbouring topics apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

#: Bytes of a prompt that a point carries: twenty thousand of them must fit a page.
BEGINNING_BYTES = 140
#: Colours that the page has for topics.
HUES = 8
_BULK = 0.85  # of each half axis
_STEPS = 1000  # along each half axis: finer than a pixel

Row = dict[str, Any]
Places = npt.NDArray[np.float64]


def map_points(
    places: pa.Table, prompts: pa.Table, selection: pa.Table, topics: pa.Table
) -> pa.Table:
    """The table behind the map, ordered by ``prompt_id``: ``x`` and ``y`` (-1 to 1), ``topic_id``,
    ``topic``, ``score``, ``selected`` and the ``beginning`` of the prompt."""
    texts = prompts.select(["prompt_id", "text"])
    own = texts.filter(pc.is_in(texts["prompt_id"], value_set=places["prompt_id"].combine_chunks()))
    beginnings = pa.table(
        {
            "prompt_id": own["prompt_id"],
            "beginning": pa.array([beginning(t) for t in own["text"].to_pylist()], pa.string()),
        }
    )
    names = topics.select(["topic_id", "name"]).rename_columns(["topic_id", "topic"])
    chosen = selection.select(["prompt_id", "selected", "topic_id", "quality_score"])
    joined = (
        pa.table({"prompt_id": places["prompt_id"], **_scaled(places)})
        .join(beginnings, "prompt_id", join_type="inner")
        .join(chosen, "prompt_id", join_type="inner")
        .join(names, "topic_id")
        .sort_by("prompt_id")
    )
    named = joined.rename_columns({"quality_score": "score"})
    return named.select(
        ["prompt_id", "x", "y", "topic_id", "topic", "score", "selected", "beginning"]
    )


def beginning(text: str) -> str:
    """The first characters on one line, no more than ``BEGINNING_BYTES`` in UTF-8."""
    line = " ".join(text[: 4 * BEGINNING_BYTES].split())
    if len(line.encode()) <= BEGINNING_BYTES:
        return line
    cut = line.encode()[: BEGINNING_BYTES - 3].decode(errors="ignore")
    return cut.rstrip() + "…"


def _scaled(places: pa.Table) -> dict[str, pa.Array]:
    """Both axes from -1 to 1. Nearly all points share what is within ``_BULK``; a few islands far
    off would leave the rest no room, and move closer: distances between islands mean nothing."""
    scaled = {}
    for axis in ("x", "y"):
        values = places[axis].to_numpy().astype(np.float64)
        low, high = np.quantile(values, [0.01, 0.99]) if len(values) else (0.0, 0.0)
        unit = _BULK * (2 * (values - low) / (high - low) - 1) if high > low else 0 * values
        beyond = np.maximum(np.abs(unit) - _BULK, 0) / (1 - _BULK)
        near = np.clip(unit, -_BULK, _BULK)
        pulled = near + np.sign(unit) * (1 - _BULK) * (1 - 1 / (1 + beyond))
        scaled[axis] = pa.array(np.round(pulled * _STEPS) / _STEPS)
    return scaled


def topics_on_map(points: pa.Table) -> list[Row]:
    """Topics with their place (the median of their points), the number of points and a hue, the
    largest first. Each takes the colour that lies farthest from it on the map; prompts without a
    topic have none, and no row."""
    ids = points["topic_id"].to_numpy()
    xy = np.column_stack([points["x"].to_numpy(), points["y"].to_numpy()])
    names = dict(zip(ids.tolist(), points["topic"].to_pylist(), strict=True))
    taken: list[list[Places]] = [[] for _ in range(HUES)]
    rows: list[Row] = []
    sizes = {topic: int((ids == topic).sum()) for topic, name in names.items() if name is not None}
    for topic, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        place = np.round(np.median(xy[ids == topic], axis=0), 3)
        distances = [
            min((float(np.linalg.norm(place - other)) for other in others), default=np.inf)
            for others in taken
        ]
        hue = int(np.argmax(distances))
        taken[hue].append(place)
        x, y = place.tolist()
        rows.append({"id": topic, "name": names[topic], "points": size, "hue": hue, "x": x, "y": y})
    return rows
