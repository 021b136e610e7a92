"""`embed` through a real llama.cpp server: what comes is a vector of a real, if small, model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from benchbuilder.resources import demo_path
from tests.cli.commands import run
from tests.llama import LlamaServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def llama() -> Iterator[LlamaServer]:
    server = LlamaServer(kind="vectors", slots=2, tokens=512)
    yield server
    server.close()


def test_demo_prompts_get_vectors_that_tell_topics_apart(
    llama: LlamaServer, tmp_path: Path
) -> None:
    rows = (demo_path() / "part_a.jsonl").read_text("utf-8").splitlines()[:40]
    dump, folder, config = (tmp_path / name for name in ("a.jsonl", "run", "endpoint.yaml"))
    long = json.dumps({"conversation": [{"role": "user", "content": "Count to ten. " * 2000}]})
    dump.write_text("\n".join([*rows, long]) + "\n", "utf-8")
    config.write_text(
        f"models:\n  smol:\n    base_url: {llama.base_url}\n"
        "embed:\n  backend: endpoint\n  model: smol\n  max_tokens: 4000\n",
        "utf-8",
    )
    run("curate", dump, "--run", folder, "--config", config, "--until", "embed")
    table = pq.read_table(folder / "embeddings.parquet")
    vectors = np.stack(table["vector"].to_numpy())
    assert vectors.shape == (table.num_rows, 576)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert table["truncated"].to_pylist().count(True) == 1  # longer than the server reads
    assert len(np.unique(vectors.round(4), axis=0)) == table.num_rows

    llama.close()
    done = run("embed", "--run", folder, "--set", "embed.storage=float16", "--json")
    assert json.loads(done.stdout)["stages"][-1]["rows"] == {"embeddings": table.num_rows}
