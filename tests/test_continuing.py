"""Topics go on from a release and from a run folder; the namer's place in the key."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.cli.commands import run
from tests.release.made import LIGHT, made, write_dump
from tests.servers import Body, Reply, answer, asked, scripted


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return Path(shutil.copytree(made() / "june-1.0", tmp_path / "june-1.0"))


def cluster(dump: Path, folder: Path, *more: object) -> dict[str, Any]:
    """What the stage told; the stages before it run, too."""
    done = run("curate", dump, "--run", folder, "--until", "cluster", "--json", *LIGHT, *more)
    return dict(json.loads(done.stdout)["stages"][-1])


def test_a_release_and_its_run_tell_the_same_earlier_topics(release: Path, tmp_path: Path) -> None:
    dump = write_dump(tmp_path / "july.jsonl", 40)
    names = {}
    for since in (release, made() / "run"):
        told = cluster(dump, tmp_path / since.name, "--set", f"cluster.since={since}")
        assert "another encoder" in told["notes"][0], "tfidf is fitted to every corpus anew"
        topics = pq.read_table(tmp_path / since.name / "topics.parquet").to_pylist()
        names[since.name] = {
            (t["topic_id"], t["name"]) for t in topics if t["name_source"] == "earlier"
        }
    before = pq.read_table(release / "recorded/topics.parquet").to_pylist()
    assert list(names.values()) == [{(0, before[0]["name"])}] * 2


def test_what_the_earlier_topics_say_is_part_of_the_key_and_not_where_they_lie(
    release: Path, tmp_path: Path
) -> None:
    dump = write_dump(tmp_path / "july.jsonl", 40)
    since = ("--set", f"cluster.since={release}")
    assert cluster(dump, tmp_path / "run", *since)["state"] == "complete"
    moved = release.rename(tmp_path / "moved")
    assert cluster(dump, tmp_path / "run", *since)["state"] == "current", "gone, and it stands"
    assert cluster(dump, tmp_path / "run", "--set", f"cluster.since={moved}")["state"] == "current"
    path = moved / "recorded/centroids.parquet"
    table = pq.read_table(path)
    names = table.set_column(1, table.schema.field("name"), [["renamed"]])
    pq.write_table(names, path)
    assert cluster(dump, tmp_path / "run", "--set", f"cluster.since={moved}")["state"] == "complete"
    assert pq.read_table(tmp_path / "run/topics.parquet")["name"].to_pylist() == ["renamed"]
    assert cluster(dump, tmp_path / "run", "--set", "cluster.since=null")["state"] == "complete"


def test_a_folder_that_is_neither_run_nor_release_says_what_to_do(tmp_path: Path) -> None:
    dump = write_dump(tmp_path / "july.jsonl")
    args = ("curate", dump, "--run", tmp_path / "run", *LIGHT, "--until", "cluster", "--set")
    refused = run(*args, f"cluster.since={tmp_path / 'nothing'}", code=1)
    assert "cluster.since=null" in " ".join(refused.stderr.split())


def test_an_earlier_run_without_centroids_says_what_to_do(release: Path, tmp_path: Path) -> None:
    (release / "recorded/centroids.parquet").unlink()
    dump = write_dump(tmp_path / "july.jsonl")
    args = ("curate", dump, "--run", tmp_path / "run", *LIGHT, "--until", "cluster", "--set")
    refused = run(*args, f"cluster.since={release}", code=1)
    assert "build the release again" in " ".join(refused.stderr.split())


def test_a_model_names_topics_once_and_a_rerun_is_free(tmp_path: Path) -> None:
    def script(body: Body, number: int) -> Reply:
        assert body["response_format"]["json_schema"]["schema"]["required"] == ["name"]
        return answer('{"name": "Chats with an assistant"}')

    dump = write_dump(tmp_path / "chats.jsonl")
    with scripted(script) as server:
        config = tmp_path / "config.yaml"
        config.write_text(
            f"models:\n  small: {{base_url: {server.base_url}}}\ncluster:\n  namer: small\n"
        )
        settings = ("--config", config)
        plan = run("curate", dump, "--run", tmp_path / "none", *LIGHT, *settings, "--dry-run")
        assert "once for each topic" in " ".join(plan.stderr.split())
        assert server.calls == []
        told = cluster(dump, tmp_path / "run", *settings)
        assert told["figures"]["topics_named"] == 1
        calls = len(server.calls)
        assert cluster(dump, tmp_path / "run", *settings)["state"] == "current"
        more = (*settings, "--set", "cluster.keywords=5")
        assert cluster(dump, tmp_path / "run", *more)["state"] == "complete"
        assert len(server.calls) == calls + 1, "other keywords are another question"
        less = (*settings, "--set", "cluster.epochs=101")
        assert cluster(dump, tmp_path / "run", *less)["state"] == "complete"
        assert len(server.calls) == calls + 1
        assert "BEGIN EXAMPLES" in asked(server.calls[-1])
    topic = pq.read_table(tmp_path / "run/topics.parquet").to_pylist()[0]
    assert (topic["name"], topic["name_source"]) == ("Chats with an assistant", "namer")
