"""The engine on a real cluster of two node processes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from benchbuilder.cli import app
from benchbuilder.config import build_config
from benchbuilder.doctor import Check, examine
from benchbuilder.engines import open_engine
from benchbuilder.errors import EngineError, InputError
from benchbuilder.resources import demo_path
from benchbuilder.settings import EmbedSettings
from tests.engines.conftest import Cluster
from tests.servers import Body, Reply, answer, asked, scripted

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

SETTINGS = ["--set", "annotate.head=surface"]


def work(seconds: float, item: int) -> tuple[int, int]:
    time.sleep(seconds)
    return item * item, os.getpid()


def two_nodes(ray: Any) -> None:
    deadline = time.monotonic() + 60
    while sum(node["Alive"] for node in ray.nodes()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_results_come_in_order_from_both_nodes(cluster: Cluster) -> None:
    engine = open_engine("ray")
    import ray

    two_nodes(ray)
    spread = engine.blocks(gpu=False)
    assert spread is not None
    found = list(spread(partial(work, 0.02), range(60)))
    assert [square for square, _ in found] == [item * item for item in range(60)]
    assert len({process for _, process in found}) >= 2


def test_a_lost_node_costs_its_tasks_only(cluster: Cluster) -> None:
    engine = open_engine("ray")
    import ray

    two_nodes(ray)
    spread = engine.blocks(gpu=False)
    assert spread is not None
    found = []
    for square, _ in spread(partial(work, 0.1), range(80)):
        found.append(square)
        if len(found) == 20:
            cluster.lose_the_worker()
    assert found == [item * item for item in range(80)]


def fail(item: int) -> int:
    if item == 7:
        raise InputError("not a conversation", file="chats.jsonl", line=7, hint="look at it")
    return item


def die(item: int) -> int:
    os._exit(item)


def test_errors_of_the_work_are_those_of_the_local_run(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    from benchbuilder.engines import ray as engine_module

    monkeypatch.setattr(engine_module, "_TRIES", 1)
    spread = open_engine("ray").blocks(gpu=False)
    assert spread is not None
    with pytest.raises(InputError, match=r"^chats\.jsonl:7: not a conversation$"):
        list(spread(fail, range(20)))
    with pytest.raises(EngineError, match="gave a block up after 1 tries"):
        list(spread(die, [3]))


def test_a_curation_is_the_local_one(cluster: Cluster, tmp_path: Path) -> None:
    lines = (demo_path() / "part_a.jsonl").read_bytes().splitlines(keepends=True)[:400]
    here, there = curated_by_both(b"".join(lines), tmp_path)
    assert here == there
    assert set(here) >= {"prompts", "embeddings", "annotations", "questions"}


@pytest.mark.parametrize(
    ("block", "done", "begun"), [(5, "prompts", "embeddings"), (20, "embeddings", "annotations")]
)
def test_a_node_lost_within_a_stage_changes_no_row(
    cluster: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    block: int,
    done: str,
    begun: str,
) -> None:
    from benchbuilder import embedding
    from benchbuilder.distilled import elsewhere
    from benchbuilder.engines import ray as engine_module

    open_engine("ray")
    import ray

    two_nodes(ray)
    got: list[None] = []

    def get(*arguments: Any) -> Any:
        got.append(None)
        if len(got) == block:
            cluster.lose_the_worker()
            seen = [(tmp_path / "ray" / f"{name}.parquet").exists() for name in (done, begun)]
            assert seen == [True, False]
        return real(*arguments)

    real = engine_module._get
    monkeypatch.setattr(engine_module, "_get", get)
    monkeypatch.setattr(embedding, "_PART_ROWS", 16)
    monkeypatch.setattr(elsewhere, "_BLOCK_ROWS", 8)
    lines = (demo_path() / "part_a.jsonl").read_bytes().splitlines(keepends=True)[:200]
    here, there = curated_by_both(b"".join(lines), tmp_path)
    assert here == there
    assert len(got) > block + 5


def test_a_node_lost_while_models_are_asked_pays_for_no_call_twice(
    cluster: Cluster, tmp_path: Path
) -> None:
    dump, config = tmp_path / "chats.jsonl", tmp_path / "config.yaml"
    lines = (demo_path() / "part_a.jsonl").read_bytes().splitlines(keepends=True)[:300]
    dump.write_bytes(b"".join(lines))

    def script(body: Body, number: int) -> Reply:
        if number == 100:
            cluster.lose_the_worker()
        return answer('{"criteria": [1, 4]}')

    with scripted(script) as server:
        model = {"base_url": server.base_url, "api_key_env": None, "concurrency": 8}
        config.write_text(json.dumps({"models": {"scripted": model}}))
        arguments = [
            "curate", str(dump), "--run", str(tmp_path / "run"), "--engine", "ray", "--config",
            str(config), "--set", "annotate.annotator=scripted", "--set", "embed.backend=tfidf",
        ]  # fmt: skip
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.output
        texts = [asked(call) for call in server.calls]
    assert len(texts) == len(set(texts)) >= 250


def curated_by_both(rows: bytes, folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """What the local engine and the cluster make of a dump: digests by artifact."""
    dump = folder / "chats.jsonl"
    dump.write_bytes(rows)
    for engine in ("local", "ray"):
        arguments = ["curate", str(dump), "--run", str(folder / engine), "--engine", engine]
        done = CliRunner().invoke(app, [*arguments, *SETTINGS])
        assert done.exit_code == 0, done.output
    return digests(folder / "local"), digests(folder / "ray")


def digests(folder: Path) -> dict[str, str]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {name: entry["digest"] for name, entry in manifest["artifacts"].items()}


def test_a_node_of_another_version_is_named(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    from benchbuilder.engines import nodes

    ours = nodes.versions()
    monkeypatch.setattr(nodes, "versions", other(ours))
    with pytest.raises(EngineError, match=r"node \S+ has pyarrow .*, and this machine has 99"):
        open_engine("ray")


def other(ours: dict[str, str]) -> Callable[[], dict[str, str]]:
    """What a driver with a newer pyarrow would say; the nodes answer for themselves."""
    driver = os.getpid()

    def versions() -> dict[str, str]:
        return ours | {"pyarrow": "99.0"} if os.getpid() == driver else ours

    return versions


def test_weights_that_a_node_lacks_are_named(cluster: Cluster, tmp_path: Path) -> None:
    engine = open_engine("ray")
    with pytest.raises(EngineError, match="cannot embed") as raised:
        engine.demand_encoder(EmbedSettings(model=str(tmp_path / "no-model")))
    assert raised.value.hint


def test_the_doctor_looks_at_the_nodes(cluster: Cluster, tmp_path: Path) -> None:
    def found(**embed: str) -> Check:
        config = build_config({"embed": embed}, origin="test")
        (check,) = [c for c in examine(config, call=False, engine="ray") if "engine" in c.name]
        return check

    here = found(backend="tfidf")
    assert here.state == "ok", here
    assert "node" in here.found
    lacking = found(backend="sentence-transformers", model=str(tmp_path / "no-model"))
    assert lacking.state == "problem"
    assert "cannot embed" in lacking.found
    assert lacking.advice


def test_no_cluster_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray", reason="the extra `distributed` is not installed")
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    with pytest.raises(EngineError, match=r"no Ray cluster answers at 127\.0\.0\.1:1") as raised:
        open_engine("ray")
    assert "ray start --head" in str(raised.value.hint)
