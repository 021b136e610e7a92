from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import stamina

from benchbuilder.encoders import Endpoint, open_encoder
from benchbuilder.encoders.protocol import Encoder
from benchbuilder.errors import CompletionError, ConfigError, InputError
from benchbuilder.llm.embeddings import open_embeddings
from benchbuilder.observe import Silent
from benchbuilder.settings import EmbedSettings, ModelSettings
from tests.servers import Body, Reply, ScriptedServer, failure, scripted

LONG = " ".join(f"a{number} beta" for number in range(30))
TEXTS = ["aaa", "b", LONG, "", "aaa"]


def numbers(text: str) -> list[float]:
    return [1.0 + text.count("a"), 1.0 + text.count("b"), float(len(text))]


def vectors(body: Body, _number: int = 0) -> Reply:
    items = [
        {"index": place, "embedding": numbers(text)} for place, text in enumerate(body["input"])
    ]
    return Reply(body=json.dumps({"data": items, "usage": {"prompt_tokens": 7}}))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with stamina.set_testing(True, attempts=3), scripted(vectors) as one:
        yield one


def encoder_of(server: ScriptedServer, folder: Path, **settings: Any) -> Encoder:
    model = ModelSettings(base_url=server.base_url, model="served")
    client = open_embeddings("mine", model, cache_path=folder / "c.sqlite", observe=Silent())
    return open_encoder(
        EmbedSettings(backend="endpoint", model="mine", **settings), Endpoint(model, client.embed)
    )


def unit(rows: list[list[float]]) -> Any:
    found = np.array(rows, dtype=np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_vectors_come_in_order_at_length_one(server: ScriptedServer, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    found = encoder_of(server, tmp_path, max_tokens=500).encode(
        TEXTS, lambda done, total: heard.append((done, total))
    )
    assert np.allclose(found.vectors, unit([numbers(text) for text in TEXTS]), atol=1e-6)
    assert found.vectors.dtype == np.float32
    assert not found.truncated.any()
    assert (found.windows == 1).all()
    assert heard[-1] == (5, 5)
    assert server.calls[0]["model"] == "served"


def test_long_texts_are_cut_by_the_estimate(server: ScriptedServer, tmp_path: Path) -> None:
    found = encoder_of(server, tmp_path, max_tokens=10).encode(TEXTS)
    assert found.truncated.tolist() == [False, False, True, False, False]
    asked = [text for call in server.calls for text in call["input"]]
    assert LONG not in asked
    assert any(LONG.startswith(text) and 20 < len(text) < 40 for text in asked)


def test_windows_are_averaged(server: ScriptedServer, tmp_path: Path) -> None:
    found = encoder_of(server, tmp_path, max_tokens=10, long_prompts="windows").encode(TEXTS)
    assert (found.windows > 1).tolist() == [False, False, True, False, False]
    assert not found.truncated.any()
    asked = {text for call in server.calls for text in call["input"]}
    assert "".join(sorted(asked - set(TEXTS), key=LONG.index)) == LONG
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-6)


def test_what_the_server_takes_in_part_is_marked(server: ScriptedServer, tmp_path: Path) -> None:
    def short_only(body: Body, number: int) -> Reply:
        if any(len(text) > 60 for text in body["input"]):
            return failure(
                400, "maximum context length is 8 tokens", code="context_length_exceeded"
            )
        return vectors(body, number)

    server.script = short_only
    found = encoder_of(server, tmp_path, max_tokens=500).encode(TEXTS)
    assert found.truncated.tolist() == [False, False, True, False, False]


def test_a_second_time_asks_nothing(server: ScriptedServer, tmp_path: Path) -> None:
    encoder_of(server, tmp_path).encode(TEXTS)
    before = len(server.calls)
    again = encoder_of(server, tmp_path).encode(TEXTS[:2])
    assert len(server.calls) == before
    assert np.allclose(again.vectors, unit([numbers("aaa"), numbers("b")]), atol=1e-6)


def test_a_vector_without_a_direction_is_an_error(server: ScriptedServer, tmp_path: Path) -> None:
    server.script = lambda body, _: Reply(
        body=json.dumps(
            {"data": [{"index": i, "embedding": [0, 0]} for i in range(len(body["input"]))]}
        )
    )
    with pytest.raises((InputError, CompletionError)) as caught:
        encoder_of(server, tmp_path).encode(["text"])
    assert "mine" in str(caught.value)


def test_no_texts_give_no_vectors(server: ScriptedServer, tmp_path: Path) -> None:
    assert len(encoder_of(server, tmp_path).encode([]).vectors) == 0
    assert server.calls == []


def test_the_identity_holds_what_decides_the_vectors() -> None:
    def identity(**model: Any) -> dict[str, Any]:
        settings = EmbedSettings(backend="endpoint", model="mine")
        return open_encoder(settings, Endpoint(ModelSettings(**model))).identity

    plain = identity(base_url="http://a/v1")
    assert plain["model"] == "mine"
    assert plain == identity(base_url="http://b/v1", temperature=1.0)
    for other in ({"model": "other"}, {"revision": "2"}, {"extra_body": {"dimensions": 8}}):
        assert identity(**other) != plain


def test_without_a_run_there_is_no_endpoint() -> None:
    with pytest.raises(ConfigError, match="in runs only") as caught:
        open_encoder(EmbedSettings(backend="endpoint", model="mine"))
    assert "--set embed.backend" in str(caught.value.hint)
