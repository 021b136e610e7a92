"""``distill`` and ``validate annotator`` from end to end, on a few hundred labels of the demo."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchbuilder.resources import demo_path
from benchbuilder.schemas import CRITERIA
from tests.cli.commands import run

LIGHT = ("--set", "embed.backend=tfidf", "--set", "embed.dimensions=16")
LABELS = 240


def written(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A label file and the dump that holds its prompts."""
    folder = tmp_path_factory.mktemp("labels")
    dump = records(demo_path() / "part_a.jsonl")
    named = {row["conversation_id"] for row in dump}
    labels = [r for r in records(demo_path() / "labels.jsonl") if r["conversation_id"] in named]
    kept = {row["conversation_id"] for row in labels[:LABELS]}
    return (
        written(folder / "labels.jsonl", labels[:LABELS]),
        written(folder / "chats.jsonl", [r for r in dump if r["conversation_id"] in kept]),
    )


@pytest.fixture(scope="module")
def curated(few: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "run"
    run("curate", few[1], "--run", folder, *LIGHT, "--until", "annotate")
    return folder


def test_distill_writes_a_head_that_annotate_can_use(
    few: tuple[Path, Path], curated: Path, tmp_path: Path
) -> None:
    head = tmp_path / "head.json"
    done = run("distill", "--labels", few[0], "--prompts", few[1], "--out", head, *LIGHT, "--json")
    quality = json.loads(done.stdout)
    assert quality["how"] == "cross-validated"
    assert 200 < quality["prompts"] <= LABELS
    assert set(quality["length"]) == set(quality["head"])
    ours, lengths = (quality[name]["auc"]["value"] for name in ("head", "length"))
    assert quality["beats_length"] is False or ours > lengths
    assert len(quality["calibration"]) == 10
    assert quality["learning_curve"]
    again = run("annotate", "--run", curated, "--set", f"annotate.head={head}", "--json")
    assert json.loads(again.stdout)["stages"][0]["state"] == "complete"


def test_distill_says_plainly_whether_it_beats_length(
    few: tuple[Path, Path], tmp_path: Path
) -> None:
    """Labels that follow length alone: no head can beat it, and the output says so."""
    dump = records(few[1])
    long_first = sorted(dump, key=lambda r: -len(r["conversation"][0]["content"]))
    labels = [
        {
            "conversation_id": row["conversation_id"],
            "criteria": list(CRITERIA) if place < len(dump) / 3 else [],
        }
        for place, row in enumerate(long_first)
    ]
    file = written(tmp_path / "by_length.jsonl", labels)
    head = tmp_path / "head.json"
    done = run("distill", "--labels", file, "--prompts", few[1], "--out", head, *LIGHT)
    assert "does NOT beat length alone" in " ".join(done.stdout.split())
    assert f"--set annotate.head={head}" in done.stdout.replace("\n", "")


def test_too_few_labels_are_an_error_with_the_next_step(
    few: tuple[Path, Path], tmp_path: Path
) -> None:
    file = written(tmp_path / "three.jsonl", records(few[0])[:3])
    done = run(
        "distill", "--labels", file, "--prompts", few[1], "--out", tmp_path / "h", *LIGHT, code=1
    )
    assert "3 labelled prompts are too few" in done.stderr
    assert "next:" in done.stderr
    assert not (tmp_path / "h").exists()


def test_a_run_is_held_against_labels(few: tuple[Path, Path], curated: Path) -> None:
    done = run("validate", "annotator", "--labels", few[0], "--run", curated, "--json")
    document = json.loads(done.stdout)
    assert len(document["panel"]["annotators"]) == 4  # some demo prompts have two labels
    pairs = document["agreement"]
    of_run = [pair for pair in pairs if pair["left"] == "local"]
    assert sum(pair["prompts"] for pair in of_run) > 200
    assert all(0.5 < pair["overall"] < 1 for pair in of_run)


def test_the_local_annotator_reads_a_dump(few: tuple[Path, Path]) -> None:
    done = run("validate", "annotator", "--labels", few[0], "--prompts", few[1], *LIGHT, "--json")
    document = json.loads(done.stdout)
    assert document["how"] == "held out"
    assert isinstance(document["beats_length"], bool)


def annotations(path: Path, scores: dict[str, dict[str, int]]) -> None:
    """Lay annotators over a run: name to prompt to number of criteria."""
    table = pq.read_table(path)
    rows = [
        {
            "prompt_id": prompt,
            "annotator": name,
            **{c: place < score for place, c in enumerate(CRITERIA)},
            "quality_score": score,
            "status": "ok",
        }
        for name, found in scores.items()
        for prompt, score in found.items()
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)


def test_the_annotators_of_a_run_against_each_other(curated: Path) -> None:
    path = curated / "annotations.parquet"
    ids = sorted(pq.read_table(path)["prompt_id"].to_pylist())[:40]
    before = path.read_bytes()
    scores = {name: dict.fromkeys(ids, 4) for name in ("a", "b", "c")}
    scores["odd"] = {prompt: 4 if place % 4 else 5 for place, prompt in enumerate(ids)}
    try:
        annotations(path, scores)
        document = json.loads(run("validate", "annotator", "--run", curated, "--json").stdout)
        shown = run("validate", "annotator", "--run", curated).stdout
    finally:
        path.write_bytes(before)
    assert document["panel"]["prompts"] == 40
    assert len(document["agreement"]) == 6
    against = {pair["left"]: pair for pair in document["panel"]["against_majority"]}
    assert against["a"]["overall"] == 1
    assert against["odd"]["overall"] == pytest.approx(1 - 10 / 280)
    assert "Each against three others" in shown


def test_the_two_annotators_of_double_labelled_prompts(shared: Path) -> None:
    file = shared / "data" / "labels" / "criteria_test.parquet"
    document = json.loads(run("validate", "annotator", "--labels", file, "--json").stdout)
    assert document["panel"]["prompts"] == 100
    assert document["panel"]["overall"] == pytest.approx(654 / 700)
    assert len(document["agreement"]) == 4


def test_nothing_to_compare_is_said() -> None:
    assert "give --labels, --run or both" in run("validate", "annotator", code=1).stderr
