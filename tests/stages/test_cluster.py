"""Real libraries on made vectors: groups that anybody can see, and inputs that break things."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from benchbuilder.errors import StaleArtifactError
from benchbuilder.observe import Silent
from benchbuilder.schemas import CLUSTERS, TOPICS
from benchbuilder.settings import ClusterSettings
from benchbuilder.stages.cluster import cluster

WORDS = ("sourdough bread", "sql joins", "chess openings", "tax returns")


WHAT = ("bread", "chess", "sql")


def tables(vectors: np.ndarray, texts: list[str]) -> tuple[pa.Table, pa.Table]:
    ids = [hashlib.sha256(f"{n}".encode()).hexdigest()[:8] for n in range(len(texts))]
    prompts = pa.table({"prompt_id": ids, "text": texts, "language": ["en"] * len(texts)})
    flat = pa.array(vectors.astype(np.float32).reshape(-1))
    column = pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1])
    return prompts, pa.table({"prompt_id": ids, "vector": column})


def blobs(sizes: tuple[int, ...], strays: int = 0, seed: int = 0) -> tuple[np.ndarray, list[str]]:
    """Tight groups of unit vectors, each with its words, and vectors that belong nowhere."""
    rng = np.random.default_rng(seed)
    centers = np.eye(40)[: len(sizes)] * 4
    parts = [
        center + rng.normal(size=(n, 40)) * 0.3 for center, n in zip(centers, sizes, strict=True)
    ]
    vectors = np.concatenate([*parts, rng.normal(size=(strays, 40))])
    texts = [f"{WORDS[group]} no {n}" for group, size in enumerate(sizes) for n in range(size)]
    texts += [f"stray thought {n}" for n in range(strays)]
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), texts


def run(
    prompts: pa.Table, embeddings: pa.Table, **settings: Any
) -> tuple[pa.Table, pa.Table, Silent]:
    observe = Silent()
    found = cluster(prompts, embeddings, settings=ClusterSettings(**settings), observe=observe)
    clusters, topics = found["clusters"], found["topics"]
    assert clusters.schema == CLUSTERS.schema
    assert topics.schema == TOPICS.schema
    assert clusters["prompt_id"].to_pylist() == prompts["prompt_id"].to_pylist()
    assert all(0 <= p <= 1 for p in clusters["probability"].to_pylist())
    sizes = dict(zip(topics["topic_id"].to_pylist(), topics["size"].to_pylist(), strict=True))
    labels = clusters["topic_id"].to_pylist()
    assert {t: labels.count(t) for t in sizes} == sizes
    assert len(set(topics["name"].to_pylist())) == topics.num_rows
    return clusters, topics, observe


@pytest.fixture(scope="module")
def visible() -> tuple[pa.Table, pa.Table]:
    return tables(*blobs((40, 60, 25, 30)))


@pytest.fixture(scope="module")
def grouped(visible: tuple[pa.Table, pa.Table]) -> tuple[pa.Table, pa.Table, Silent]:
    return run(*visible)


def test_groups_are_found_numbered_by_size_and_named(
    grouped: tuple[pa.Table, pa.Table, Silent],
) -> None:
    _, topics, observe = grouped
    assert topics["topic_id"].to_pylist() == [0, 1, 2, 3]
    assert topics["size"].to_pylist() == [60, 40, 30, 25]
    expected = ["joins, sql", "sourdough, bread", "returns, tax", "openings, chess"]
    for name, words in zip(topics["name"].to_pylist(), expected, strict=True):
        assert set(words.split(", ")) <= set(name.split(", "))
    assert observe.figures["topics"] == 4
    assert observe.figures["topic_sizes"] == {"smallest": 25, "median": 40, "largest": 60}
    assert not observe.notes


def test_examples_belong_to_their_topic(grouped: tuple[pa.Table, pa.Table, Silent]) -> None:
    clusters, topics, _ = grouped
    labels = clusters["topic_id"].to_pylist()
    topic_of = dict(zip(clusters["prompt_id"].to_pylist(), labels, strict=True))
    for row in topics.to_pylist():
        assert len(row["example_prompt_ids"]) == 5
        assert {topic_of[prompt_id] for prompt_id in row["example_prompt_ids"]} == {row["topic_id"]}


def test_row_order_changes_nothing_and_vectors_are_joined_by_id(
    visible: tuple[pa.Table, pa.Table], grouped: tuple[pa.Table, pa.Table, Silent]
) -> None:
    prompts, embeddings = visible
    shuffled = np.random.default_rng(5).permutation(prompts.num_rows)
    clusters, topics, _ = run(prompts.take(shuffled), embeddings.take(shuffled[::-1]))
    assert clusters.sort_by("prompt_id") == grouped[0].sort_by("prompt_id")
    assert topics == grouped[1]


def test_vectors_may_be_stored_as_halves(
    visible: tuple[pa.Table, pa.Table], grouped: tuple[pa.Table, pa.Table, Silent]
) -> None:
    prompts, embeddings = visible
    halves = embeddings["vector"].cast(pa.list_(pa.float16(), 40))
    clusters, _, _ = run(prompts, embeddings.set_column(1, "vector", halves))
    assert clusters["topic_id"] == grouped[0]["topic_id"]


@pytest.mark.parametrize("policy", ["drop", "keep", "nearest"])
def test_noise_policies(policy: str) -> None:
    clusters, topics, observe = run(*tables(*blobs((60, 60, 60), strays=100)), noise=policy)
    labels = np.array(clusters["topic_id"].to_pylist())
    assert 0.01 < observe.figures["noise_share"] < 0.5
    assert (labels == -1).any() == (policy != "nearest")
    assert (-1 in topics["topic_id"].to_pylist()) == (policy == "keep")
    if policy == "keep":
        assert topics["name"][0].as_py() == "outliers"
        assert topics["area_id"][0].as_py() is None
    shown = topics["size"].to_pylist()
    assert sum(shown) == (labels != -1).sum() if policy == "drop" else sum(shown) == 280


def test_keywords_agree_with_the_final_assignment() -> None:
    """Strays join the nearest topic, and what they say counts there."""
    vectors, texts = blobs((30, 30), strays=0)
    middle = vectors[:30].mean(axis=0) + 0.9 * np.eye(40)[20:21] + np.eye(40)[21:36] * 0.5
    vectors = np.concatenate([vectors, middle / np.linalg.norm(middle, axis=1, keepdims=True)])
    texts += ["zeppelin flights"] * len(middle)
    _, topics, _ = run(*tables(vectors, texts), min_cluster_size=20)
    sizes = topics["size"].to_pylist()
    assert sum(sizes) == len(texts)
    bread = next(row for row in topics.to_pylist() if "sourdough" in row["keywords"])
    assert "zeppelin" in bread["keywords"]
    assert bread["size"] == 30 + len(middle)


@pytest.mark.parametrize("rows", [1, 3, 15, 44])
def test_few_prompts_are_one_topic(rows: int) -> None:
    vectors, texts = blobs((rows,))
    clusters, topics, observe = run(*tables(vectors, texts))
    assert set(clusters["topic_id"].to_pylist()) == {0}
    assert topics["size"].to_pylist() == [rows]
    assert observe.notes == [
        f"all prompts form one topic: clustering needs 45 of them, there are {rows}"
    ]


def test_identical_embeddings_are_one_topic() -> None:
    vectors = np.tile(blobs((1,))[0], (80, 1))
    _, topics, observe = run(*tables(vectors, ["say it again"] * 80))
    assert topics["size"].to_pylist() == [80]
    assert "identical" in observe.notes[0]


def test_many_copies_of_few_prompts() -> None:
    vectors = np.repeat(blobs((1, 1, 1))[0], 60, axis=0)
    texts = [WORDS[n // 60] for n in range(180)]
    _, topics, _ = run(*tables(vectors, texts))
    assert sum(topics["size"].to_pylist()) == 180


def test_no_prompts() -> None:
    prompts, embeddings = tables(*blobs((1,)))
    clusters, topics, observe = run(prompts.slice(0, 0), embeddings)
    assert clusters.num_rows == topics.num_rows == 0
    assert observe.notes == ["there are no prompts to cluster"]


@pytest.mark.parametrize("policy", ["drop", "keep", "nearest"])
def test_all_noise(policy: str) -> None:
    """Points without density, and topics that must be as large as half of them."""
    vectors, texts = blobs((), strays=90)
    clusters, topics, observe = run(*tables(vectors, texts), noise=policy, min_cluster_size=45)
    assert observe.figures["noise_share"] == 1
    assert any("100% of the prompts are noise" in note for note in observe.notes)
    expected = {"drop": ([], {-1}), "keep": ([-1], {-1}), "nearest": ([0], {0})}[policy]
    assert (topics["topic_id"].to_pylist(), set(clusters["topic_id"].to_pylist())) == expected


def test_one_giant_topic_is_said() -> None:
    _, _, observe = run(*tables(*blobs((120, 20, 20))))
    assert any(note.startswith("one topic holds 12") for note in observe.notes)


def test_a_prompt_without_an_embedding_is_an_error(visible: tuple[pa.Table, pa.Table]) -> None:
    prompts, embeddings = visible
    with pytest.raises(StaleArtifactError, match="2 of 155 prompts have no embedding"):
        run(prompts, embeddings.slice(2))


def test_names_of_topics_with_the_same_words_differ() -> None:
    vectors, _ = blobs((30, 30))
    _, topics, _ = run(*tables(vectors, ["the same words"] * 60))
    assert topics.num_rows == 2


def digest(table: pa.Table) -> str:
    return hashlib.sha256(repr(table.to_pydict()).encode()).hexdigest()


def test_another_process_with_other_threads_finds_the_same() -> None:
    size = "(150, 100, 80, 60), strays=100"
    code = (
        "from tests.stages.test_cluster import *; "
        f"print(*map(digest, run(*tables(*blobs({size})))[:2]))"
    )
    here = " ".join(map(digest, run(*tables(*blobs((150, 100, 80, 60), strays=100)))[:2]))
    threads = "1" if os.environ.get("OMP_NUM_THREADS") == "2" else "2"
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | dict.fromkeys(names, threads),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == here


def test_of_many_prompts_a_sample_is_clustered_and_the_rest_joins() -> None:
    prompts, embeddings = tables(*blobs((150, 100, 80, 60), strays=40))
    whole, _, _ = run(prompts, embeddings)
    clusters, topics, observe = run(prompts, embeddings, fit_at_most=200)
    assert observe.notes[0].startswith("200 of 430 prompts, drawn at random, are clustered")
    assert observe.figures["fitted"] == 200
    assert topics.num_rows == 4
    grouped = slice(0, 390)
    assert clusters["topic_id"].to_pylist()[grouped] == whole["topic_id"].to_pylist()[grouped]
    again, _, _ = run(prompts, embeddings, fit_at_most=200)
    assert again == clusters


@pytest.mark.parametrize("policy", ["drop", "keep", "nearest"])
def test_a_sample_of_pure_noise(policy: str) -> None:
    vectors, texts = blobs((), strays=240)
    settings = {"noise": policy, "min_cluster_size": 110, "fit_at_most": 120}
    _, topics, observe = run(*tables(vectors, texts), **settings)
    assert observe.figures["noise_share"] == 1
    assert topics["topic_id"].to_pylist() == {"drop": [], "keep": [-1], "nearest": [0]}[policy]


def test_identical_embeddings_in_a_sample() -> None:
    vectors = np.tile(blobs((1,))[0], (250, 1))
    _, topics, _ = run(*tables(vectors, ["say it again"] * 250), fit_at_most=100)
    assert topics["size"].to_pylist() == [250]


def test_areas_hold_topics_that_lie_together() -> None:
    """Nine groups at three places."""
    rng = np.random.default_rng(1)
    centers = np.repeat(np.eye(40)[:3], 3, axis=0) * 4 + np.eye(40)[3:12] * 2
    vectors = np.concatenate([c + rng.normal(size=(30, 40)) * 0.2 for c in centers])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [f"{WHAT[n // 90]} {chr(97 + n // 30) * 3}" for n in range(270)]
    _, topics, _ = run(*tables(vectors, texts))
    assert topics.num_rows == 9
    for row in topics.to_pylist():
        assert row["area"].partition(", ")[0] in row["keywords"]
    assert {name.partition(", ")[0] for name in topics["area"].to_pylist()} == set(WHAT)
    _, flat, _ = run(*tables(vectors, texts), areas=0)
    assert set(flat["area_id"].to_pylist()) == {None}
    _, asked, _ = run(*tables(vectors, texts), areas=2)
    assert len(set(asked["area_id"].to_pylist())) == 2
