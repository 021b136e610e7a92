"""``release diff``: kept, added, removed, reworded; topics, scores, settings; leaderboards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchbuilder.release.diff import compare, read_release
from benchbuilder.release.pull_request import markdown
from benchbuilder.schemas import JUDGMENTS
from tests.cli.commands import run
from tests.release.made import LIGHT, build


@pytest.fixture(scope="module")
def other(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the same dump with 10 questions changed: 5 vetoed, 5 more, one of which says
    in other words what a vetoed one says."""
    folder = tmp_path_factory.mktemp("other")
    asked = pq.read_table(base / "june-1.0/questions.parquet")["question_id"].to_pylist()
    (folder / "vetoes.txt").write_text("\n".join(asked[:5]) + "\n")
    prompts = pq.read_table(base / "run/prompts.parquet").to_pylist()
    conversation = {row["prompt_id"]: row["conversation_id"] for row in prompts}[asked[0]]
    lines = (base / "chats.jsonl").read_text().splitlines()
    (row,) = [r for r in map(json.loads, lines) if r["conversation_id"] == conversation]
    row["conversation_id"] = "again"
    row["conversation"][0]["content"] += " Give an example."
    (folder / "chats.jsonl").write_text("\n".join([*lines, json.dumps(row)]) + "\n")
    run("curate", folder / "chats.jsonl", "--run", folder / "run", *LIGHT,
        "--set", "ingest.near_duplicates=false", "--set", "sample.target=17",
        "--set", "sample.min_score_floor=1",
        "--set", f"sample.must_exclude=[{folder / 'vetoes.txt'}]")  # fmt: skip
    return build(folder / "run", folder, version="1.1")


def found(a: Path, b: Path, **judgments: pa.Table) -> dict[str, Any]:
    return compare(read_release(a), read_release(b), **judgments)


def test_a_release_and_itself(base: Path) -> None:
    same = found(base / "june-1.0", base / "june-1.0")
    assert same["same"]
    assert same["settings"] == []
    assert (same["questions"]["added"], same["questions"]["removed"]) == ([], [])
    assert "The same 17 questions" in markdown(same)


def test_ten_changed_questions(base: Path, other: Path) -> None:
    document = found(base / "june-1.0", other)
    questions = document["questions"]
    assert questions["kept"] == 12
    assert len(questions["added"]) == len(questions["removed"]) == 5
    near = [row["near"] for row in questions["added"] if row["near"]]
    assert questions["reworded"] == len(near) == 1
    assert near[0]["question_id"] in {row["question_id"] for row in questions["removed"]}
    changed = {row["key"] for row in document["settings"]}
    assert {"ingest.near_duplicates", "sample.min_score_floor", "sample.must_exclude"} <= changed
    text = markdown(document)
    for part in ("12 questions kept, 5 added, 1 of them", "## Settings", "## Added", "## Removed"):
        assert part in text


def test_the_other_way_round_mirrors(base: Path, other: Path) -> None:
    there, back = found(base / "june-1.0", other), found(other, base / "june-1.0")
    assert [r["question_id"] for r in there["questions"]["added"]] == [
        r["question_id"] for r in back["questions"]["removed"]
    ]
    assert there["languages"] == [
        {"language": r["language"], "a": r["b"], "b": r["a"]} for r in back["languages"]
    ]


def judged(questions: list[str], verdicts: dict[str, str]) -> pa.Table:
    """A game a question of every model, on side A, against "base"; every third one is a tie."""
    rows = [
        {
            "question_id": question, "model": model, "answer_sample": 0, "baseline": "base",
            "judge": "j", "judge_sample": 0, "game": 2, "status": "ok", "answer_a": model,
            "answer_b": "base", "verdict": verdict if i % 3 else "A=B",
        }
        for model, verdict in verdicts.items()
        for i, question in enumerate(questions)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=JUDGMENTS.schema)


def test_models_judged_on_both_are_compared(base: Path, other: Path) -> None:
    ids = [read_release(folder).question_ids for folder in (base / "june-1.0", other)]
    a = judged(ids[0], {"good": "A>B", "weak": "B>A", "only": "A=B"})
    b = judged(ids[1], {"good": "A>B", "weak": "B>A"})
    (board,) = found(base / "june-1.0", other, judgments_a=a, judgments_b=b)["leaderboards"]
    assert [row["model"] for row in board["models"]] == ["good", "weak"]
    assert board["kept"] == 12
    good = board["models"][0]
    assert good["win_rate_a"] > 0.5
    assert good["lower"] <= good["change"] <= good["upper"]
    document = found(base / "june-1.0", other, judgments_a=a, judgments_b=b)
    assert "## Leaderboard against base" in markdown(document)
    assert "| good |" in markdown(document)


def test_the_command_prints_markdown_or_json(base: Path, other: Path) -> None:
    text = run("release", "diff", base / "june-1.0", other).stdout
    assert text.startswith("# june 1.0 → june 1.1\n")
    document = json.loads(run("release", "diff", base / "june-1.0", other, "--json").stdout)
    assert document["questions"]["kept"] == 12
    run("release", "diff", base / "june-1.0", other, "--judgments-a", base, code=2)
