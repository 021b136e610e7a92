"""Vectors: read from responses, kept by text."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from benchbuilder.llm.vectors import read_vectors

REAL = np.array([0.25, -1.5, 3.0], dtype="<f4")


def body(*embeddings: Any, order: tuple[int, ...] | None = None, **more: Any) -> str:
    places = order or tuple(range(len(embeddings)))
    items = [
        {"object": "embedding", "index": place, "embedding": embedding}
        for place, embedding in zip(places, embeddings, strict=True)
    ]
    return json.dumps({"object": "list", "data": items} | more)


def test_base64_and_numbers_are_read_alike() -> None:
    packed = base64.b64encode(REAL.tobytes()).decode()
    outcome = read_vectors(200, body(packed, REAL.tolist(), usage={"prompt_tokens": 7}))
    assert outcome.vectors == (REAL.tobytes(), REAL.tobytes())
    assert (outcome.status, outcome.input_tokens, outcome.output_tokens) == ("ok", 7, 0)
    assert outcome.answered


def test_vectors_are_put_in_the_order_of_the_texts() -> None:
    outcome = read_vectors(200, body([1.0], [2.0], [3.0], order=(2, 0, 1)))
    assert [float(np.frombuffer(v, "<f4")[0]) for v in outcome.vectors] == [2.0, 3.0, 1.0]


@pytest.mark.parametrize(
    "text",
    [
        "<html>hello</html>",
        "{",
        '{"data": null}',
        '{"data": []}',
        '{"data": ["x"]}',
        '{"data": [{"index": 0}]}',
        body([]),
        body([1.0, float("nan")]),
        body([1.0], [1.0, 2.0]),
        body([1.0], [2.0], order=(0, 0)),
        body([1.0], [2.0], order=(1, 2)),
        body("not base64!"),
        body("AAA="),
        body([[1.0]]),
        body(["x"]),
        body(None),
    ],
)
def test_what_is_no_whole_set_of_vectors_is_a_bad_response(text: str) -> None:
    outcome = read_vectors(200, text)
    assert (outcome.status, outcome.vectors) == ("bad_response", ())


def test_rejections_are_classified_as_those_of_completions() -> None:
    too_large = "input (600 tokens) is too large to process. increase the physical batch size"
    cases = {
        (429, "slow down"): "rate_limited",
        (500, too_large): "context_overflow",
        (422, "batch size 64 > maximum allowed batch size 32"): "bad_request",
        (400, "This model's maximum context length is 8192 tokens"): "context_overflow",
    }
    for (code, message), status in cases.items():
        said = json.dumps({"error": {"message": message}})
        assert read_vectors(code, said).status == status
